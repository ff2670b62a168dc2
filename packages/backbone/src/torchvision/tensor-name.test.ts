import { expect, test } from 'vitest';
import { torchvisionName } from './tensor-name.ts';

test.each([
  ['Conv1/kernel', 'features.0.0.weight'],
  ['bn_Conv1/gamma', 'features.0.1.weight'],
  ['bn_Conv1/moving_variance', 'features.0.1.running_var'],
  ['expanded_conv_depthwise/kernel', 'features.1.conv.0.0.weight'],
  ['expanded_conv_depthwise_BN/beta', 'features.1.conv.0.1.bias'],
  ['expanded_conv_project/kernel', 'features.1.conv.1.weight'],
  ['expanded_conv_project_BN/moving_mean', 'features.1.conv.2.running_mean'],
  ['block_16_expand/kernel', 'features.17.conv.0.0.weight'],
  ['block_16_depthwise_BN/gamma', 'features.17.conv.1.1.weight'],
  ['block_16_project/kernel', 'features.17.conv.2.weight'],
  ['block_16_project_BN/beta', 'features.17.conv.3.bias'],
  ['Conv_1_bn/gamma', 'features.18.1.weight'],
])('%s is %s', (ours, theirs) => {
  expect(torchvisionName(ours)).toBe(theirs);
});
