// TensorFlow.js as any page uses it: main modules, which register their backends for everybody.

import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-webgl';

export { tf };
