import { z } from 'zod';

const text = z.string().min(1);
const column = z.string().min(1);

const table = z.strictObject({
  file: text.describe(
    'The table, by its path from where the description lies. * stands for any letters: all tables of such a path are read as one, one below the other.',
  ),
  delimiter: text
    .optional()
    .describe('What stands between two cells, such as ";" or "||"; tab for a tab. Found out where left out.'),
  header: z
    .array(text)
    .min(1)
    .optional()
    .describe('Names for the columns of a table that has no row of names, from left to right.'),
  key: column
    .optional()
    .describe(
      'Of the second table and all further ones: the column by which its rows are found. A value stands there once.',
    ),
  matches: column
    .optional()
    .describe(
      'The column of the tables before it that has the same values; left out where it has the same name as key.',
    ),
});

const image = z.strictObject({
  column: column.describe('The column that names the image.'),
  by: z
    .enum(['name', 'path'])
    .optional()
    .describe(
      'What stands there: name is the name of the file, with or without its ending, in whatever folder (as where left out); path is the path from where the description lies, and only that file is meant.',
    ),
  prefix: z.string().optional().describe('What the name of the file has before that.'),
  suffix: z.string().optional().describe('What the name of the file has behind that, before its ending.'),
  kind: text.optional().describe('What kind of image it is, where a row has several: dermoscopic, clinical.'),
});

const classInfo = z.strictObject({
  id: text.describe('Short code: mel.'),
  name: text.optional().describe('Name for readers: Melanoma.'),
  description: text.optional().describe('One plain sentence for readers who are no dermatologists.'),
  malignant: z.boolean().optional().describe('Whether it is malignant: true or false.'),
});

const label = z.strictObject({
  column: column.optional().describe('The column with the diagnosis.'),
  map: z
    .record(z.string(), text)
    .optional()
    .describe(
      'What stands in the column, and the class that it is: {Melanoma in situ: mel, 4: nv}. Several may be one class.',
    ),
  others: z
    .enum(['refuse', 'leave out'])
    .optional()
    .describe(
      'What to do with diagnoses that are in no map and no class: refuse the data (as where left out), or leave out their images.',
    ),
  columns: z
    .record(z.string(), text)
    .optional()
    .describe(
      'In place of column: columns of 0 and 1, and the class that 1 means: {MEL: mel, NV: nv}. A row has one 1.',
    ),
  otherwise: text.optional().describe('With columns: the class of rows without a 1. Without it they are refused.'),
  levels: z
    .array(column)
    .min(1)
    .optional()
    .describe('In place of column: columns that say it ever more precisely; the last one that is filled in counts.'),
  level: z
    .int()
    .min(1)
    .optional()
    .describe('With levels: the one that counts, from 1. Rows in which it is empty are treated as others says.'),
  folder: z
    .int()
    .min(1)
    .optional()
    .describe(
      'In place of column: the folder is the diagnosis. 1 is the folder that the image lies in, 2 the one above.',
    ),
});

const split = z.strictObject({
  column: column.optional().describe('The column that says in which split an image is.'),
  map: z
    .record(z.string(), z.enum(['train', 'validation', 'test', 'none']))
    .optional()
    .describe(
      'What stands there, and the split that it means: {1: train, 2: test}. Known are train, training, val, valid, validation, dev, test.',
    ),
  files: z
    .strictObject({
      train: text.optional().describe('Table or list of the images to train on.'),
      validation: text.optional().describe('Table or list of the images to choose by.'),
      test: text.optional().describe('Table or list of the images to test with.'),
    })
    .optional()
    .describe('In place of column: one table or list (a line an image) for each split.'),
  fileColumn: column
    .optional()
    .describe('With files: their column that names the images; the first one where left out.'),
  rows: z
    .boolean()
    .optional()
    .describe('With files: true where they hold rows of the first table, counted from 0, in place of images.'),
  folder: z
    .int()
    .min(1)
    .optional()
    .describe('In place of column: a folder says it. 1 is the folder that the image lies in, 2 the one above.'),
});

/** What a file `dataset.yaml` says about the data that it lies beside: all that a format would know. */
export const descriptionSchema = z.strictObject({
  name: text.optional().describe('Name of the data, for reports.'),
  licence: text.optional().describe('Under which terms the data may be used.'),
  citation: text.optional().describe('How the data is cited.'),
  attribution: text.optional().describe('Whom to name as the source of the images.'),
  url: z.url().optional().describe('Where the data is from.'),
  confirmation: text.optional().describe('How the diagnoses were confirmed, for reports.'),
  tables: z
    .array(table)
    .min(1)
    .optional()
    .describe(
      'The tables. A row of the first one is an image, or a case with several; further ones add columns to it. Left out where folders say all.',
    ),
  images: z
    .array(image)
    .min(1)
    .optional()
    .describe('How a row leads to its image, or to each of its images. Needed where there are tables.'),
  take: z.array(text).min(1).optional().describe('Kinds of images to take; all of them where left out.'),
  imagesMayBeMissing: z
    .boolean()
    .optional()
    .describe('true where rows without an image are no fault (licences, dead links): they are left out and counted.'),
  ignore: z
    .array(text)
    .min(1)
    .optional()
    .describe(
      'Files that are no images of the data, such as masks: names or paths, in which * stands for any letters.',
    ),
  label: label.describe('What says the diagnosis.'),
  classes: z
    .array(classInfo)
    .min(2)
    .optional()
    .describe(
      'The classes, in the order of every output. Where left out: what the map names, or what stands in the data.',
    ),
  patient: column
    .optional()
    .describe('The column with the patient. All images of a patient stay on one side of a split.'),
  lesion: column.optional().describe('The column with the lesion. All images of a lesion stay on one side of a split.'),
  duplicates: z
    .array(
      z.strictObject({
        file: text.describe('A table with images of the same lesion in each row.'),
        columns: z
          .array(column)
          .min(1)
          .describe('Its columns that name images: two of a row, or one where a group says it.'),
        group: column
          .optional()
          .describe('With one column: the column that has the same value for images that belong together.'),
      }),
    )
    .min(1)
    .optional()
    .describe('Lists of images that are the same, or of the same lesion, whatever their ids say.'),
  split: split
    .optional()
    .describe('A split that is part of the data. It is used where it is asked for, and checked for leaks.'),
  weight: column
    .optional()
    .describe('The column with the weight in an official score; 0 for images that do not count there.'),
  filters: z
    .array(
      z.strictObject({
        column: column.describe('The column to go by.'),
        only: z
          .array(z.string())
          .min(1)
          .optional()
          .describe('Rows with one of these are taken; "" is a cell that says nothing.'),
        not: z
          .array(z.string())
          .min(1)
          .optional()
          .describe('Rows with one of these are left out; "" is a cell that says nothing.'),
      }),
    )
    .min(1)
    .optional()
    .describe('Rows to take and to leave out.'),
  exclude: z
    .array(
      z.strictObject({
        image: text.describe('Id of the image: the name of its file without the ending.'),
        because: text.describe('Why it takes no part.'),
      }),
    )
    .min(1)
    .optional()
    .describe('Single images to leave out, each with the reason.'),
  missing: z
    .array(z.string())
    .min(1)
    .optional()
    .describe(
      'What stands in cells that say nothing, in whatever column, besides nothing, NA, unknown and the like: [UNK, "-1"].',
    ),
  age: column.optional().describe('The column with the age in years.'),
  sex: column.optional().describe('The column with the sex.'),
  site: column.optional().describe('The column with the place on the body.'),
  confirmed: column
    .optional()
    .describe('The column that says how the diagnosis was made. It gives the answer away and is never an input.'),
  columns: z
    .record(z.string(), z.enum(['input', 'subgroup', 'never']))
    .optional()
    .describe(
      'Every other column that is to be kept: input may be given to a network, subgroup is for comparing groups of patients, never is for neither (it says the answer, or is made of it). Columns that are not named are left out.',
    ),
});

/** What a `dataset.yaml` says. */
export type DatasetDescription = z.infer<typeof descriptionSchema>;
