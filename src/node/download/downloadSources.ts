import type { DownloadSource } from './source.js';
import { ham10000 } from './sources/ham10000.js';
import { isic2018 } from './sources/isic2018.js';
import { isic2019 } from './sources/isic2019.js';
import { padUfes20 } from './sources/padUfes20.js';

/** Every dataset that can be fetched from where its authors publish it. */
export const downloadSources: readonly DownloadSource[] = [ham10000, isic2018, isic2019, padUfes20];
