/** Memory of prepared images, bytes. */
export const preparedBytes = (images: number, imageSize: number): number => images * imageSize * imageSize * 3;

/** The page takes no more than this for prepared images: 1 GiB. All of HAM10000 fits at 180 pixels. */
export const preparedBytesLimit = 2 ** 30;
