import type { DatasetFormat } from '../reading/datasetFormat.js';
import { bcn20000 } from './bcn20000.js';
import { classFolders } from './classFolders.js';
import { croissant } from './croissant.js';
import { ddi } from './ddi.js';
import { derm7pt } from './derm7pt.js';
import { dermaMnist } from './dermaMnist.js';
import { dermNet } from './dermNet.js';
import { described } from './described.js';
import { fitzpatrick17k } from './fitzpatrick17k.js';
import { ham10000 } from './ham10000.js';
import { hmnist } from './hmnist.js';
import { huggingFaceFolder } from './huggingFaceFolder.js';
import { isic2016 } from './isic2016.js';
import { isic2017 } from './isic2017.js';
import { isic2018 } from './isic2018.js';
import { isic2019 } from './isic2019.js';
import { isic2020 } from './isic2020.js';
import { isicArchive } from './isicArchive.js';
import { medNode } from './medNode.js';
import { milk10k } from './milk10k.js';
import { padUfes20 } from './padUfes20.js';
import { ph2 } from './ph2.js';
import { plainTable } from './plainTable.js';
import { slice3d } from './slice3d.js';

/** Every format of datasets that lesionlab reads; where a table is of several, the earlier one counts. */
export const datasetFormats: readonly DatasetFormat[] = [
  described,
  isic2018,
  ham10000,
  isic2016,
  isic2017,
  isic2019,
  isic2020,
  slice3d,
  milk10k,
  bcn20000,
  isicArchive,
  padUfes20,
  derm7pt,
  ddi,
  fitzpatrick17k,
  huggingFaceFolder,
  plainTable,
  ph2,
  medNode,
  dermaMnist,
  hmnist,
  dermNet,
  croissant,
  classFolders,
];
