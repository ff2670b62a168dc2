"""The same training step in Python's TensorFlow, for train-step.mjs to compare with: forward and backward over the steps that it is sent.

Reads one line of JSON (steps, weights, outputs, input), then answers each further line with the milliseconds of one step.
"""
import json
import os
import sys
import time

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
import numpy as np
import tensorflow as tf

task = json.loads(sys.stdin.readline())
random = np.random.default_rng(1)
weights = {
    name: tf.Variable(np.ones(shape, 'f') if name.endswith('gamma') else random.normal(0, 0.05, shape).astype('f'))
    for name, shape in task['weights']
}
image = tf.constant(random.uniform(-1, 1, task['input']).astype('f'))


def convolve(x, step):
    options = step['operation']['options']
    kernel = weights[step['name'] + '/kernel']
    stride = options.get('strides', 1)
    strides = [1, stride, stride, 1]
    convolution = tf.nn.conv2d if step['operation']['kind'] == 'conv2d' else tf.nn.depthwise_conv2d
    x = convolution(x, kernel, strides, 'SAME')
    if options.get('bias'):
        x = tf.nn.bias_add(x, weights[step['name'] + '/bias'])
    norm = options.get('batchNorm')
    if norm:
        gamma, beta = weights[norm['name'] + '/gamma'], weights[norm['name'] + '/beta']
        x, _, _ = tf.compat.v1.nn.fused_batch_norm(x, gamma, beta, epsilon=norm['epsilon'], is_training=True)
    return tf.nn.relu6(x) if options.get('activation') == 'relu6' else x


def forward():
    values = [image]
    for step in task['steps']:
        inputs = [values[i] for i in step['inputs']]
        kind = step['operation']['kind']
        if kind in ('conv2d', 'depthwiseConv2d'):
            values.append(convolve(inputs[0], step))
        elif kind == 'add':
            values.append(inputs[0] + inputs[1])
        elif kind == 'stackRows':
            width = step['operation']['width']
            values.append(tf.concat([tf.reshape(x, [x.shape[0], -1, width]) for x in inputs], 1))
        else:
            raise ValueError(kind)
    return [values[i] for i in task['outputs']]


@tf.function
def step():
    with tf.GradientTape() as tape:
        loss = tf.add_n([tf.reduce_sum(output * output) / 2 for output in forward()])
    return tape.gradient(loss, list(weights.values()))


for _ in sys.stdin:
    start = time.perf_counter()
    for gradient in step():
        gradient.numpy()
    print((time.perf_counter() - start) * 1000, flush=True)
