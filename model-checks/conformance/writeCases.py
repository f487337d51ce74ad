"""Writes ONNX's own conformance cases into a folder that readCases.mjs reads.

python writeCases.py <folder>

Takes PyPI `onnx`: the cases of onnx.backend.test.case.node, and the data of pytorch-converted, pytorch-operator and
light. Each case becomes <folder>/<group>/<name>/ with model.onnx, input_<i>.pb and output_<i>.pb (TensorProto; a value
that is no tensor becomes an empty file).
"""

import glob
import os
import shutil
import sys
import warnings

import numpy
import onnx
from onnx import numpy_helper
from onnx.backend.test.case.node import collect_testcases

warnings.simplefilter('ignore')


def write_value(path, value):
    tensor = b''
    if isinstance(value, onnx.TensorProto):
        tensor = value.SerializeToString()
    elif isinstance(value, (numpy.ndarray, numpy.generic)):
        tensor = numpy_helper.from_array(numpy.asarray(value)).SerializeToString()
    with open(path, 'wb') as file:
        file.write(tensor)


def write_case(folder, model, inputs, outputs):
    os.makedirs(folder)
    with open(os.path.join(folder, 'model.onnx'), 'wb') as file:
        file.write(model)
    for i, value in enumerate(inputs):
        write_value(os.path.join(folder, f'input_{i}.pb'), value)
    for i, value in enumerate(outputs):
        write_value(os.path.join(folder, f'output_{i}.pb'), value)


def write_node_cases(root):
    for case in collect_testcases(None):
        inputs, outputs = case.data_sets[0]
        write_case(os.path.join(root, 'node', case.name), case.model.SerializeToString(), inputs, outputs)


def read_all(pattern):
    # A file's name ends in its number.
    paths = sorted(glob.glob(pattern), key=lambda path: int(os.path.splitext(path)[0].rsplit('_', 1)[1]))
    return [onnx.load_tensor(path) for path in paths]


def write_data(root, group):
    data = os.path.join(os.path.dirname(onnx.__file__), 'backend', 'test', 'data', group)
    for folder in sorted(glob.glob(os.path.join(data, '*', ''))):
        name = os.path.basename(os.path.dirname(folder))
        with open(os.path.join(folder, 'model.onnx'), 'rb') as file:
            model = file.read()
        sets = os.path.join(folder, 'test_data_set_0')
        inputs = read_all(os.path.join(sets, 'input_*.pb'))
        write_case(os.path.join(root, group, name), model, inputs, read_all(os.path.join(sets, 'output_*.pb')))


def write_light(root):
    """Their input is what onnx.backend.test.runner makes for them: numbers from 0 on, the sum of ten images."""
    data = os.path.join(os.path.dirname(onnx.__file__), 'backend', 'test', 'data', 'light')
    for path in sorted(glob.glob(os.path.join(data, 'light_*.onnx'))):
        name = os.path.splitext(os.path.basename(path))[0]
        with open(path, 'rb') as file:
            model = file.read()
        graph = onnx.load_from_string(model).graph
        constant = {initializer.name for initializer in graph.initializer}
        inputs = []
        for value in graph.input:
            if value.name in constant:
                continue
            shape = [side.dim_value for side in value.type.tensor_type.shape.dim]
            count = int(numpy.prod(shape))
            inputs.append((numpy.arange(count).reshape(shape) / count).astype(numpy.float32))
        outputs = [onnx.load_tensor(os.path.join(data, f'{name}_output_0.pb'))]
        write_case(os.path.join(root, 'light', name), model, inputs, outputs)


if __name__ == '__main__':
    root = sys.argv[1]
    shutil.rmtree(root, ignore_errors=True)
    write_node_cases(root)
    for group in ['pytorch-converted', 'pytorch-operator']:
        write_data(root, group)
    write_light(root)
