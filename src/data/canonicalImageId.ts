/**
 * The id of an image in the ISIC archive, whatever a copy of it is called: without folders, an image's ending and the mark of reduced copies
 * (`ISIC_0000017_downsampled` is ISIC_0000017). These ids are given once, so that two datasets with the same one have the same image.
 * @returns undefined for ids that are no archive's: two people's `img_001` have nothing to do with each other
 */
export function canonicalImageId(imageId: string): string | undefined {
  const found = /(?:^|[/\\])(ISIC_\d{7})(?:_downsampled)?(?:\.[a-z]{3,4})?$/i.exec(imageId);
  return found?.[1].toUpperCase();
}

/** What two images of different datasets have in common that are known to be one: the archive's id, else the id as it is. */
export const sharedImageId = (imageId: string): string => canonicalImageId(imageId) ?? imageId;
