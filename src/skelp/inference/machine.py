"""Names what the speed of a model depends on beside the model: versions of the runtime, and the processor or the GPU."""

from __future__ import annotations

import onnxruntime as ort

from skelp.inference import gpu
from skelp.inference.cpu import cpu_name
from skelp.inference.providers import Provider, openvino_version


def runtime() -> str:
    """The package of ONNX Runtime and its version: packages of one version have other providers."""
    return f"{getattr(ort, 'package_name', None) or 'onnxruntime'} {ort.__version__}"


def machine_for(provider: Provider) -> dict[str, str]:
    """Version and hardware by name, for one provider. Something that is unknown is left out."""
    facts = {"onnxruntime": runtime(), "cpu": cpu_name()}
    if provider is Provider.OPENVINO:
        facts["openvino"] = openvino_version()
    if provider in (Provider.TENSORRT, Provider.CUDA):
        facts |= {"gpu": gpu.gpu_name(), "driver": gpu.driver_version()}
    if provider is Provider.TENSORRT:
        facts["tensorrt"] = gpu.tensorrt_version()
    return {name: value for name, value in facts.items() if value}
