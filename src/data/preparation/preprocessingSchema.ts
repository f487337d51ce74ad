import { z } from 'zod';
import { borders, fits, lights } from '../../image/fitImage.js';
import { resizeMethods } from '../../image/resizeFilters.js';
import { channelOrders, inputLayouts } from './preprocessing.js';

const triple = z.tuple([z.number(), z.number(), z.number()]);
const byte = z.int().min(0).max(255);

/** How preprocessing is stored. What is optional is left out where it is as it always was; files of earlier versions lack it. */
export const preprocessingSchema = z.object({
  imageSize: z.int(),
  fit: z.enum(fits),
  resize: z.enum(resizeMethods),
  resizeTo: z.int().positive().optional(),
  padFill: z.tuple([byte, byte, byte]).optional(),
  border: z.enum(borders).optional(),
  light: z.enum(lights).optional(),
  mean: triple,
  std: triple,
  statistics: z.string(),
  channelOrder: z.enum(channelOrders).optional(),
  layout: z.enum(inputLayouts).optional(),
});
