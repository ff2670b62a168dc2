// The older layout of Keras' HDF5 files, of Keras 2 and of Keras 3's `.h5`: a group per layer, and lists of names as attributes.

import { SsdliteError, type WeightTensor } from '@ssdlite/layers';
import type { LayerWeights } from './layer-weights.ts';
import type { Hdf5Group } from './read-hdf5.ts';

/** The group that holds the layers: the file's root in a file of weights alone. Undefined for another layout. */
export function namedWeightsGroup(root: Hdf5Group): Hdf5Group | undefined {
  const group = root.groups.get('model_weights') ?? root;
  return namesOf(group, 'layer_names') ? group : undefined;
}

/**
 * Reads every layer that has weights.
 *
 * @throws SsdliteError `WEIGHTS_DAMAGED` if a name stands for nothing
 */
export function readNamedWeights(group: Hdf5Group): LayerWeights[] {
  return (namesOf(group, 'layer_names') ?? []).flatMap((name) => {
    const layer = groupAt(group, name.split('/'));
    if (!layer) throw missing(name);
    return readLayer(name, layer);
  });
}

/** One layer, or all layers of a nested model. */
function readLayer(groupName: string, group: Hdf5Group): LayerWeights[] {
  const layers = new Map<string, { name: string; tensor: WeightTensor }[]>();
  for (const path of namesOf(group, 'weight_names') ?? []) {
    const steps = path.split('/');
    const last = steps.pop() ?? '';
    const holder = groupAt(group, steps);
    const tensor = holder?.tensors.get(last);
    if (!tensor) {
      if (holder?.others.has(last)) continue;
      throw missing(`${groupName}/${path}`);
    }
    const [name = '', owner = groupName] = path.replace(/:\d+$/, '').split('/').reverse();
    layers.set(owner, [...(layers.get(owner) ?? []), { name, tensor }]);
  }
  return [...layers].map(([owner, tensors]) => ({
    // TensorFlow 1 renamed what had been built before, e.g. 'Conv1_1/kernel'; the group kept the name.
    names: layers.size === 1 && owner !== groupName ? [owner, groupName] : [owner],
    containers: owner === groupName ? [] : [groupName],
    tensors,
  }));
}

function groupAt(group: Hdf5Group, steps: readonly string[]): Hdf5Group | undefined {
  return steps.reduce<Hdf5Group | undefined>((at, step) => at?.groups.get(step), group);
}

/** A list of names; long ones are cut into several attributes with numbers after their name. */
function namesOf({ attributes }: Hdf5Group, name: string): readonly string[] | undefined {
  const whole = attributes.get(name);
  if (Array.isArray(whole)) return whole;
  const parts: string[] = [];
  for (let part = 0; ; part++) {
    const names = attributes.get(`${name}${part}`);
    if (!Array.isArray(names)) return part === 0 ? undefined : parts;
    parts.push(...names);
  }
}

function missing(name: string): SsdliteError {
  return new SsdliteError('WEIGHTS_DAMAGED', `The Keras file names '${name}' and does not hold it.`, {
    value: name,
    next: 'Save the model again.',
  });
}
