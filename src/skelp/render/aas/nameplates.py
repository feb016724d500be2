"""Two published templates: the Digital Nameplate 3.0 of the station, and the AI Model Nameplate of the model.

IDTA 02006-3-0 and IDTA 02060-1-0-1. What nobody told is not made up: an element that may be left out is left out, and one that a template
demands is there without a value.
"""

from __future__ import annotations

from typing import Any

from skelp.domain.nameplate import ModelFacts, Nameplate
from skelp.render.aas.elements import Element, Maker, external, submodel, to_submodel

NAMEPLATE = "https://admin-shell.io/idta/nameplate/3/0/Nameplate"
_ADDRESS = "https://admin-shell.io/zvei/nameplate/1/0/ContactInformations/AddressInformation"
AI_NAMEPLATE = "https://admin-shell.io/idta/SubmodelTemplate/AIModelNameplate/1/0"
_AI = "https://admin-shell.io/idta/AIModelNameplate"
_URI = "0112/2///61987#ABN590#002"
_make = Maker()


def nameplate(submodel_id: str, facts: Nameplate, asset: str, version: str) -> dict[str, Any]:
    """The nameplate of the station. `asset`: the station's id, if its maker gave it none. `version`: of skelp."""

    def text(name: str, value: str, semantic: str) -> list[Element]:
        return _make.texts(name, {"en": value}, semantic)

    address = (
        text("Street", facts.street, "0173-1#02-AAO128#002"),
        text("Zipcode", facts.zipcode, "0173-1#02-AAO129#002"),
        text("CityTown", facts.city, "0173-1#02-AAO132#002"),
        text("NationalCode", facts.country, "0173-1#02-AAO134#002"),
    )
    uri: Element = {"modelType": "Property", "idShort": "URIOfTheProduct", "semanticId": external(_URI), "valueType": "xs:anyURI"}
    elements = (
        [uri | {"value": facts.uri or asset}],
        text("ManufacturerName", facts.manufacturer, "0112/2///61987#ABA565#009"),
        text("ManufacturerProductDesignation", facts.product, "0112/2///61987#ABA567#009"),
        _make.collection("AddressInformation", *address, semantic=_ADDRESS),
        _make.prop("OrderCodeOfManufacturer", facts.order_code, "0112/2///61987#ABA950#008"),
        _make.prop("SerialNumber", facts.serial_number, "0112/2///61987#ABA951#009"),
        _make.prop("YearOfConstruction", facts.year_of_construction, "0112/2///61987#ABP000#002"),
        _make.prop("HardwareVersion", facts.hardware_version, "0112/2///61987#ABA926#008"),
        _make.prop("SoftwareVersion", version, "0112/2///61987#ABA601#008"),
    )
    template = {"version": "3", "revision": "0", "templateId": "https://admin-shell.io/idta-02006-3-0"}
    return submodel(submodel_id, "Nameplate", external(NAMEPLATE), elements, administration=template)


def ai_nameplate(submodel_id: str, facts: ModelFacts, asset: str) -> dict[str, Any]:
    """The nameplate of a model, from its card. `asset`: the model's id."""
    m = facts
    uri = _make.prop("URIOfTheProduct", asset, f"{_URI} ")  # the template has a blank at the end, and readers compare with it
    uri[0]["supplementalSemanticIds"] = [external(_URI)]
    learning = "KindOfLearning", {"en": "supervised"} if m.supervised else {}, f"{_AI}/KindOfLearning/1/0"
    results = _make.prop("Quality", m.quality, f"{_AI}/TrainingResults/Result/1/0")
    kind = {"en": "semantic segmentation of pictures of lines of steel strip"}
    elements = (
        uri,
        _make.prop("Version", m.id.version, "0173-1#02-AAS354#002"),
        _make.reference("ContactInformation", None, f"{_AI}/Contactinformation/1/0"),
        _make.prop("Storage", f"sha256:{m.id.sha256}", f"{_AI}/Storage/1/0"),
        _make.texts(*learning) or _make.empty("MultiLanguageProperty", learning[0], learning[2]),
        _inputs(),
        _outputs(m),
        _make.collection("TrainingResults", results, semantic=f"{_AI}/TrainingResults/1/0")
        or _make.empty("SubmodelElementCollection", "TrainingResults", f"{_AI}/TrainingResults/1/0"),
        _details(),
        *(_dataset(n, name, sha256) for n, (name, sha256) in enumerate(m.trained_on, 1)),
        _make.collection(
            "AITypeSpecificInformation",
            _make.texts("Type", kind, f"{_AI}/AITypeSpecificInformation/Type/1/0"),
            semantic=f"{_AI}/AITypeSpecificInformation/1/0",
        ),
    )
    said = {"description": [{"language": "en", "text": f"licence: {m.licence}"[:1023]}]} if m.licence else {}
    return submodel(submodel_id, "AIModelNameplate", to_submodel(AI_NAMEPLATE), elements, **said)


def _inputs() -> list[Element]:
    sizes = (("any", "pictures of a batch"), ("1", "grey"), ("any multiple of 32", "lines"), ("any multiple of 32", "pixels across"))
    base = f"{_AI}/Inputs"
    dimensions = (
        _make.collection(
            f"Dimension{n}",
            _make.prop("Size", size, f"{base}/DimensionN/Size/1/0"),
            _make.prop("Information", means, f"{base}/DimensionN/Information/1/0"),
            semantic=f"{base}/DimensionN/1/0",
        )
        for n, (size, means) in enumerate(sizes, 1)
    )
    kind = _make.prop("KindOfInput", "grey pictures, uint8", f"{base}/KindOfInput/1/0")
    return _make.collection("Inputs", kind, *dimensions, semantic=f"{base}/1/0")


def _outputs(m: ModelFacts) -> list[Element]:
    base = f"{_AI}/Outputs"
    classes = ", ".join(name if is_defect else f"{name} (no defect)" for name, is_defect in m.classes.items())
    shape = f"pictures x lines / {m.stride} x pixels / {m.stride}"
    results = (f"class of each cell, 0 is sound steel; classes: {classes}", "score of each cell, 0 to 255")
    dimensions = (
        _make.collection(
            f"Dimension{n}",
            _make.prop("Size", shape, f"{base}/DimensionN/Size/1/0"),
            _make.texts("Result", {"en": result}, f"{base}/DimensionN/Result/1/0"),
            semantic=f"{base}/DimensionN/1/0",
        )
        for n, result in enumerate(results, 1)
    )
    return _make.collection("Outputs", *dimensions, semantic=f"{base}/1/0")


def _details() -> list[Element]:
    values = (("FileExtension", "onnx", "DataEnding"), ("AIFramework", "ONNX", "AIFramework"))
    parts = [_make.prop(name, value, f"{_AI}/Details/{semantic}/1/0") for name, value, semantic in values]
    parts.append(_make.prop("ProgramLanguage", "none: the file is a graph", f"{_AI}/Details/ProgramLanguage/1/0"))
    return _make.collection("Details", *parts, semantic=f"{_AI}/Details/1/0")


def _dataset(number: int, name: str, sha256: str) -> list[Element]:
    """A data set by its hash. Its name is the description: the template has no place for it."""
    reference = _make.reference("AIDatasetReference", external(f"sha256:{sha256}"), f"{_AI}/AIDataset/DatasetReference/1/0")
    found = _make.collection(f"AIDataset{number}", reference, semantic=f"{_AI}/AIDataset/1/0")
    found[0]["description"] = [{"language": "en", "text": name[:1023]}]
    return found
