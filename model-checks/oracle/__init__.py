"""An ONNX graph computed by PyTorch, so that autograd gives the gradient of every initializer by its name."""
from .torchGraph import TorchGraph
