import { testHead } from './testHead.js';

testHead('mobilenet_v2_levels');
testHead('mobilenet_v2');
