// What torchvision calls the tensors of its mobilenet_v2: stages are numbered, and so are the layers within a block.

const batchNormTensors: Readonly<Record<string, string>> = {
  gamma: 'weight',
  beta: 'bias',
  moving_mean: 'running_mean',
  moving_variance: 'running_var',
};

/**
 * The state dict's name of a backbone's tensor.
 *
 * @param name ours, e.g. `block_3_depthwise_BN/gamma`
 * @example
 * torchvisionName('Conv1/kernel'); // 'features.0.0.weight'
 * torchvisionName('block_3_depthwise_BN/gamma'); // 'features.4.conv.1.1.weight'
 */
export function torchvisionName(name: string): string {
  const [layer = '', tensor = ''] = name.split('/');
  const normalizes = tensor in batchNormTensors;
  return `features.${modulePath(layer, normalizes)}.${batchNormTensors[tensor] ?? 'weight'}`;
}

function modulePath(layer: string, normalizes: boolean): string {
  // A stage of convolution, batch norm and activation numbers them 0, 1, 2.
  const within = normalizes ? '1' : '0';
  if (layer === 'Conv1' || layer === 'bn_Conv1') return `0.${within}`;
  if (layer === 'Conv_1' || layer === 'Conv_1_bn') return `18.${within}`;
  const [, block, role] = /^(expanded_conv|block_\d+)_(expand|depthwise|project)(?:_BN)?$/.exec(layer) ?? [];
  // The first block has no expansion, so its layers come one number earlier.
  const first = block === 'expanded_conv';
  const stage = first ? 1 : Number(block?.slice('block_'.length)) + 1;
  const place = ['expand', 'depthwise', 'project'].indexOf(role ?? '') - (first ? 1 : 0);
  // The projection has no activation and is therefore no stage of its own: its batch norm follows it.
  const path = role === 'project' ? `${place + (normalizes ? 1 : 0)}` : `${place}.${within}`;
  return `${stage}.conv.${path}`;
}
