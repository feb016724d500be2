// Compares a server's address space with a nodeset that this client loads by itself.
import opcua from "node-opcua";

const { AttributeIds, NodeClass, nodesets, generateAddressSpace, AddressSpace } = opcua;

export async function compare(session, uri, ours) {
  const space = AddressSpace.create();
  await generateAddressSpace(space, [nodesets.standard, nodesets.machineVision]);
  const theirs = (await session.readNamespaceArray()).indexOf(uri);
  const here = space.getNamespaceIndex(uri);
  const work = new Comparison(session, space, here, theirs);
  await work.types();
  const type = space.findObjectType("VisionSystemType", here);
  await work.instance(type, opcua.coerceNodeId(`ns=${ours};s=VisionSystem`), "VisionSystem", true);
  space.dispose();
  return { types: work.typesSeen, instances: work.instancesSeen, differences: work.differences };
}

class Comparison {
  constructor(session, space, here, theirs) {
    Object.assign(this, { session, space, here, theirs, differences: [], typesSeen: 0, instancesSeen: 0 });
  }

  id(nodeId) {
    return `ns=${nodeId.namespace === this.here ? this.theirs : nodeId.namespace};${nodeId.toString().replace(/^ns=\d+;/, "")}`;
  }

  differ(path, what, wanted, found) {
    if (wanted !== found) this.differences.push(`${path}: ${what} is ${found}, and ${wanted} in the nodeset`);
  }

  async read(nodeId, ...attributes) {
    const found = await this.session.read(attributes.map((attributeId) => ({ nodeId, attributeId })));
    return found.map((one) => (one.statusCode.isGood() ? one.value.value : one.statusCode.name));
  }

  // every node of the nodeset, by its id: class, name, data type, rank; of structures and enumerations every field
  async types() {
    for (const node of this.space.getNamespace(this.here).nodeIterator()) {
      const id = this.id(node.nodeId), path = `${node.nodeId} ${node.browseName.name}`;
      this.typesSeen += 1;
      const [nodeClass, name] = await this.read(id, AttributeIds.NodeClass, AttributeIds.BrowseName);
      this.differ(path, "class", node.nodeClass, nodeClass);
      this.differ(path, "name", node.browseName.name, name?.name);
      await this.variable(node, id, path);
      if (node.nodeClass === NodeClass.DataType) await this.definition(node, id, path);
    }
  }

  async variable(node, id, path) {
    if (node.nodeClass !== NodeClass.Variable && node.nodeClass !== NodeClass.VariableType) return;
    const [dataType, rank] = await this.read(id, AttributeIds.DataType, AttributeIds.ValueRank);
    this.differ(path, "data type", this.id(node.dataType), `${dataType}`.replace(/^i=/, "ns=0;i="));
    this.differ(path, "rank", node.valueRank, rank);
  }

  async definition(node, id, path) {
    const wanted = node.isStructure() ? node.getStructureDefinition() : node.isEnumeration() ? node.getEnumDefinition() : null;
    if (wanted === null) return;
    const [found] = await this.read(id, AttributeIds.DataTypeDefinition);
    const named = (definition) => (definition?.fields ?? []).map((f) => f.name).join(" ");
    this.differ(path, "fields", named(wanted), named(found));
    if (!node.isStructure()) return;
    const typed = (definition, map) => (definition?.fields ?? []).map((f) => `${map(f.dataType)} ${f.valueRank} ${Boolean(f.isOptional)}`).join(", ");
    this.differ(path, "types of fields", typed(wanted, (t) => this.id(t)), typed(found, (t) => t.toString().replace(/^i=/, "ns=0;i=")));
  }

  async children(nodeId) {
    const found = await this.session.browse({ nodeId, browseDirection: 0, includeSubtypes: true, referenceTypeId: "Aggregates", resultMask: 63 });
    return found.references ?? [];
  }

  // an object of the server against a type, or against another object of the nodeset that declares it
  async instance(declared, nodeId, path, isType) {
    const children = await this.children(nodeId);
    for (const child of declarations(declared, isType)) {
      const rule = child.modellingRule, name = child.browseName.name;
      if (rule !== "Mandatory" && rule !== "Optional") continue;
      const at = `${path}/${name}`, found = children.find((c) => c.browseName.name === name);
      if (!found) {
        if (rule === "Mandatory") this.differences.push(`${at} is mandatory, and is not there`);
        continue;
      }
      this.instancesSeen += 1;
      this.differ(at, "namespace", child.browseName.namespaceIndex === this.here ? this.theirs : child.browseName.namespaceIndex, found.browseName.namespaceIndex);
      this.differ(at, "class", child.nodeClass, found.nodeClass);
      await this.variable(child, found.nodeId, at);
      if (child.nodeClass === NodeClass.Method) await this.method(child, found.nodeId, at);
      if (child.nodeClass === NodeClass.Object || child.nodeClass === NodeClass.Variable) {
        this.differ(at, "type", this.id(child.typeDefinition), found.typeDefinition.toString().replace(/^i=/, "ns=0;i="));
        await this.instance(child.typeDefinitionObj, found.nodeId, at, true);
        await this.instance(child, found.nodeId, at, false);
      }
    }
  }

  async method(method, nodeId, path) {
    const children = await this.children(nodeId);
    for (const [kind, wanted] of [["InputArguments", method.getInputArguments()], ["OutputArguments", method.getOutputArguments()]]) {
      const node = children.find((c) => c.browseName.name === kind);
      const [found] = node ? await this.read(node.nodeId, AttributeIds.Value) : [[]];
      const said = (list, map) => (list ?? []).map((a) => `${a.name} ${map(a.dataType)} ${a.valueRank}`).join(", ");
      this.differ(path, kind, said(wanted, (t) => this.id(t)), said(found, (t) => t.toString().replace(/^i=/, "ns=0;i=")));
    }
  }
}

// what a type declares, with what its parents declare; of the same name the nearest one
function declarations(node, isType) {
  const found = new Map();
  for (let at = node; at; at = isType ? at.subtypeOfObj : null) {
    for (const child of at.getAggregates()) if (!found.has(child.browseName.name)) found.set(child.browseName.name, child);
  }
  return found.values();
}
