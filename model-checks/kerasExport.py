"""
Exports Keras classifiers with random weights through tf2onnx: run by TensorFlow's own environment (requirementsKeras.txt), as export.py says.

Writes net.onnx and a first meta.json to a folder a network; export.py --references adds what PyTorch computes of them.
"""
import argparse
import json
import os
import numpy as np
import tensorflow as tf
import tf2onnx

# tf2onnx has no Erfc, of which Keras 3 makes GELU: no ConvNeXt. Network, operator set, side of the image, whether the batch is open, and what it takes: values around an offset with a spread.
networks = [
    ('MobileNetV2', 13, 64, True, (0, 1)), ('MobileNetV3Small', 15, 64, True, (128, 64)), ('EfficientNetB0', 15, 64, True, (128, 64)), ('EfficientNetV2B0', 17, 64, False, (128, 64)),
    ('ResNet50', 13, 40, False, (0, 1)), ('ResNet50V2', 17, 40, True, (0, 1)), ('DenseNet121', 17, 40, True, (0, 1)), ('Xception', 15, 80, False, (0, 1)), ('InceptionV3', 17, 80, False, (0, 1)), ('NASNetMobile', 15, 40, True, (0, 1)),
]


def pictures(count, size, generator):
    """Smooth colours with noise, as settle.py draws them for PyTorch."""
    smooth = tf.image.resize(generator.standard_normal((count, 5, 5, 3)), (size, size), method='bicubic').numpy()
    return 0.5 * generator.standard_normal((count, 1, 1, 3)) + 0.8 * smooth + 0.3 * generator.standard_normal((count, size, size, 3))


def settle(model, images, generator):
    """Norms, biases and batch statistics that a trained network could have."""
    for layer in model.layers:
        if isinstance(layer, tf.keras.layers.BatchNormalization): layer.momentum = 0.0
        weights = layer.get_weights()
        for k, w in enumerate(weights):
            if w.dtype == np.float32 and w.size > 1 and w.min() == w.max(): weights[k] = np.float32((w if w.max() > 0.05 or w.max() == 0 else 0.4) + 0.1 * generator.standard_normal(w.shape)).astype(np.float32)
        if isinstance(layer, tf.keras.layers.Normalization):
            # As they are, tf2onnx makes inputs of them.
            layer.mean, layer.variance = tf.Variable(layer.mean), tf.Variable(layer.variance)
            continue
        if any(isinstance(node.operation, tf.keras.layers.Add) for node in layer._outbound_nodes) and isinstance(layer, tf.keras.layers.BatchNormalization): weights[0] = weights[0] * 0.3
        layer.set_weights(weights)
    model(images, training=True)
    for layer in model.layers:
        if not isinstance(layer, tf.keras.layers.BatchNormalization): continue
        mean, variance = layer.moving_mean.numpy(), layer.moving_variance.numpy()
        layer.moving_mean.assign(mean + 0.02 * np.sqrt(variance) * generator.standard_normal(mean.shape))
        layer.moving_variance.assign(variance * np.exp(0.05 * generator.standard_normal(mean.shape)))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--out', required=True)
    parser.add_argument('names', nargs='*')
    args = parser.parse_args()
    failed = []
    for name, opset, size, openBatch, (offset, scale) in networks:
        if args.names and name not in args.names: continue
        try:
            folder = os.path.join(args.out, f'keras-{name}-tf2onnx{opset}')
            os.makedirs(folder, exist_ok=True)
            tf.keras.utils.set_random_seed(0)
            model = getattr(tf.keras.applications, name)(weights=None, classes=10, input_shape=(size, size, 3))
            generator = np.random.default_rng(0)
            settle(model, np.float32(pictures(8, size, generator) * scale + offset), generator)
            signature = [tf.TensorSpec([None if openBatch else 2, size, size, 3], tf.float32, name='input')]
            # tf2onnx's own from_keras asks for what Keras 3 no longer has.
            function = tf.function(lambda images: model(images, training=False), input_signature=signature)
            tf2onnx.convert.from_function(function, input_signature=signature, opset=opset, output_path=os.path.join(folder, 'net.onnx'))
            meta = {'name': os.path.basename(folder), 'origin': 'keras', 'network': name, 'exporter': f'Keras {tf.keras.__version__}, tf2onnx {tf2onnx.__version__}', 'opset': opset,
                    'open': ['batch'] if openBatch else [], 'inputShape': [2, size, size, 3], 'inputOffset': offset, 'inputScale': scale}
            with open(os.path.join(folder, 'meta.json'), 'w') as file: json.dump(meta, file, indent=1)
            print(meta['name'], flush=True)
        except Exception as error:
            failed.append(name)
            print(f'{name}: FAILED {type(error).__name__}: {error}', flush=True)
    raise SystemExit(1 if failed else 0)


if __name__ == '__main__':
    main()
