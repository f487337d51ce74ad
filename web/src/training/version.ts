/** Of lesionlab, which the page is a part of. */
export { version } from '../../../package.json';
