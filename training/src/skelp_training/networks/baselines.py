"""Common networks to compare with: torchvision's LR-ASPP, and a U-Net on its ResNet-18. Both start from random weights."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - torch documents this alias
from torchvision.models import resnet18
from torchvision.models.segmentation import lraspp_mobilenet_v3_large

from skelp_training.networks.layers import conv


def _three_channels(frames: Tensor) -> Tensor:
    return (frames * (1 / 64)).expand(-1, 3, -1, -1)


class LrAspp(nn.Module):
    """LR-ASPP on MobileNetV3-Large (Howard et al., ICCV 2019). Logits are interpolated to H/2, W/2."""

    stride = 2

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.net = lraspp_mobilenet_v3_large(weights=None, weights_backbone=None, num_classes=classes)

    def forward(self, frames: Tensor) -> Tensor:
        features = self.net.backbone(_three_channels(frames))
        return F.interpolate(self.net.classifier(features), size=[s // 2 for s in frames.shape[-2:]], mode="bilinear")


class UNet(nn.Module):
    """U-Net (Ronneberger et al., MICCAI 2015) with a ResNet-18 as encoder. Logits at H/2, W/2."""

    stride = 2

    def __init__(self, classes: int) -> None:
        super().__init__()
        body = resnet18(weights=None)
        self.stem = nn.Sequential(body.conv1, body.bn1, body.relu)
        self.stages = nn.ModuleList([nn.Sequential(body.maxpool, body.layer1), body.layer2, body.layer3, body.layer4])
        skips, widths = (256, 128, 64, 64), (256, 128, 64, 32)
        inputs = (512, *widths[:-1])
        self.up = nn.ModuleList(nn.Sequential(conv(i + s, w), conv(w, w)) for i, s, w in zip(inputs, skips, widths, strict=True))
        self.head = nn.Conv2d(widths[-1], classes, 1)

    def forward(self, frames: Tensor) -> Tensor:
        scales = [self.stem(_three_channels(frames))]
        for stage in self.stages:
            scales.append(stage(scales[-1]))
        x = scales.pop()
        for block in self.up:
            x = block(torch.cat([F.interpolate(x, scale_factor=2, mode="nearest"), scales.pop()], 1))
        return self.head(x)  # type: ignore[no-any-return] # a module's call is untyped


BASELINES = {"lraspp": LrAspp, "unet-resnet18": UNet}
