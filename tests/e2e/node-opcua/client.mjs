// An OPC UA client that tests steer: a request as JSON on each line of stdin, an answer as JSON on each line of stdout.
import { createInterface } from "node:readline";
import opcua from "node-opcua";
import { compare } from "./compare.mjs";

const MV = "http://opcfoundation.org/UA/MachineVision";
const OURS = "https://skelp.dev/UA/";
const sessions = new Map();
for (const kind of ["log", "info", "warn", "debug"]) console[kind] = console.error; // stdout is for answers

const plain = (value) => JSON.parse(JSON.stringify(value, (key, v) => (v?.type === "Buffer" ? { hex: Buffer.from(v.data).toString("hex") } : v)) ?? "null");
const unwrapped = (variant) => {
  if (variant === undefined || variant === null) return null;
  const value = variant instanceof opcua.Variant ? variant.value : variant;
  if (Buffer.isBuffer(value)) return { hex: value.toString("hex") };
  if (value instanceof opcua.NodeId || value instanceof opcua.ExpandedNodeId) return value.toString();
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return Array.from(value, unwrapped);
  if (value && typeof value === "object" && value.schema) {
    return Object.fromEntries(value.schema.fields.concat(baseFields(value.schema)).map((f) => [f.name, unwrapped(value[f.name])]));
  }
  if (value instanceof Date) return value.toISOString();
  return plain(value);
};
const baseFields = (schema) => (schema._baseSchema ? schema._baseSchema.fields.concat(baseFields(schema._baseSchema)) : []);
const statusOf = (error) => /\b(Bad[A-Z]\w+)/.exec(`${error?.message} ${error?.response?.responseHeader?.serviceResult ?? ""}`)?.[1] ?? `${error?.message ?? error}`;

class Session {
  constructor(client, session, namespaces) {
    Object.assign(this, { client, session, theirs: namespaces.indexOf(MV), ours: namespaces.indexOf(OURS), events: [] });
  }

  async node(path) {
    // "" is the vision system, "Server" the server, "i=..." or "ns=..." an id; else a path below the vision system
    if (path === "Server") return opcua.resolveNodeId("i=2253");
    if (/^(ns|i)=/.test(path)) return opcua.resolveNodeId(path);
    let at = opcua.coerceNodeId(`ns=${this.ours};s=VisionSystem`);
    for (const name of path ? path.split("/") : []) {
      const found = await this.session.browse({ nodeId: at, browseDirection: 0, includeSubtypes: true, referenceTypeId: "HierarchicalReferences", resultMask: 63 });
      const child = found.references.find((r) => r.browseName.name === name);
      if (!child) throw new Error(`BadNoMatch ${name} in ${path}`);
      at = child.nodeId;
    }
    return at;
  }

  async argument({ type, value, array }) {
    // type: a built-in type, or a structure of the nodeset
    if (type in opcua.DataType) return new opcua.Variant({ dataType: opcua.DataType[type], value, ...(array ? { arrayType: opcua.VariantArrayType.Array } : {}) });
    const types = await this.session.browse({ nodeId: "i=22", browseDirection: 0, includeSubtypes: true, referenceTypeId: "HasSubtype", resultMask: 63 });
    const id = await this.dataType(types.references, type);
    for (const [key, given] of Object.entries(value)) if (given?.structure) value[key] = (await this.argument({ type: given.structure, value: given.value })).value;
    return new opcua.Variant({ dataType: opcua.DataType.ExtensionObject, value: await this.session.constructExtensionObject(id, value) });
  }

  async dataType(references, name) {
    for (const r of references) {
      if (r.browseName.name === name) return r.nodeId;
      if (r.browseName.name !== "BinaryIdBaseDataType") continue;
      const below = await this.session.browse({ nodeId: r.nodeId, browseDirection: 0, includeSubtypes: true, referenceTypeId: "HasSubtype", resultMask: 63 });
      const found = below.references.find((b) => b.browseName.name === name);
      if (found) return found.nodeId;
    }
    throw new Error(`BadNoMatch ${name}`);
  }

  async call(object, method, args) {
    const objectId = await this.node(object);
    const methodId = await this.below(objectId, method);
    const inputArguments = await Promise.all((args ?? []).map((a) => this.argument(a)));
    const done = await this.session.call({ objectId, methodId, inputArguments });
    return {
      status: done.statusCode.name,
      arguments: (done.inputArgumentResults ?? []).map((s) => s.name),
      outputs: (done.outputArguments ?? []).map(unwrapped),
      types: (done.outputArguments ?? []).map((o) => opcua.DataType[o.dataType]),
    };
  }

  async below(nodeId, name) {
    const found = await this.session.browse({ nodeId, browseDirection: 0, includeSubtypes: true, referenceTypeId: "HierarchicalReferences", resultMask: 63 });
    return found.references.find((r) => r.browseName.name === name)?.nodeId ?? opcua.resolveNodeId("i=1");
  }

  async subscribe(path, type, fields, lifetime = 2000) {
    const nodeId = await this.node(path);
    this.subscription ??= await this.session.createSubscription2({ requestedPublishingInterval: 50, requestedLifetimeCount: lifetime, requestedMaxKeepAliveCount: 20, publishingEnabled: true, maxNotificationsPerPublish: 0 });
    const filter = opcua.constructEventFilter(fields.map((f) => f.split("/").map((n) => (n.includes(":") ? n : /^(EventId|EventType|SourceNode|SourceName|Time|Message|Severity|Transition|FromState|ToState|Id)$/.test(n) ? n : `${this.theirs}:${n}`)).join(".")), type ? opcua.ofType(type.replace("MV", `ns=${this.theirs}`)) : undefined);
    const item = await this.subscription.monitor({ nodeId, attributeId: opcua.AttributeIds.EventNotifier }, { samplingInterval: 0, discardOldest: true, queueSize: 10000, filter }, opcua.TimestampsToReturn.Both);
    if (item.statusCode?.isNotGood?.()) return item.statusCode.name;
    item.on("changed", (values) => this.events.push({ node: path, type: type ?? "", fields: Object.fromEntries(fields.map((f, n) => [f, unwrapped(values[n])])) }));
    return "Good";
  }
}

const does = {
  async connect({ name, url, policy = "None", user, password, pki, retry = 0 }) {
    const clientCertificateManager = new opcua.OPCUACertificateManager({ rootFolder: pki, automaticallyAcceptUnknownCertificate: true });
    await clientCertificateManager.initialize();
    const client = opcua.OPCUAClient.create({
      applicationName: "skelp-test", applicationUri: opcua.makeApplicationUrn("localhost", "skelp-test"), endpointMustExist: false, clientCertificateManager, keepSessionAlive: true,
      securityMode: policy === "None" ? opcua.MessageSecurityMode.None : opcua.MessageSecurityMode.SignAndEncrypt,
      securityPolicy: opcua.SecurityPolicy[policy], connectionStrategy: { maxRetry: retry, initialDelay: 100, maxDelay: 500 }, transportTimeout: 20000,
      ...(retry ? { keepAliveInterval: 1000, defaultTransactionTimeout: 3000 } : {}), // a cut is noticed after some five seconds
    });
    try {
      await client.connect(url);
      const session = await client.createSession(user === undefined ? undefined : { type: opcua.UserTokenType.UserName, userName: user, password });
      const namespaces = await session.readNamespaceArray();
      sessions.set(name, new Session(client, session, namespaces));
      return { status: "Good" };
    } catch (error) {
      await client.disconnect().catch(() => {});
      return { status: statusOf(error) };
    }
  },
  async endpoints({ url }) {
    const client = opcua.OPCUAClient.create({ endpointMustExist: false, connectionStrategy: { maxRetry: 0 } });
    await client.connect(url);
    const found = await client.getEndpoints();
    await client.disconnect();
    return found.map((e) => ({ policy: e.securityPolicyUri.split("#")[1], mode: opcua.MessageSecurityMode[e.securityMode], users: e.userIdentityTokens.map((t) => opcua.UserTokenType[t.tokenType]), url: e.endpointUrl }));
  },
  async compare({ name }) {
    return compare(sessions.get(name).session, MV, sessions.get(name).ours);
  },
  async call({ name, object, method, args }) {
    return sessions.get(name).call(object, method, args);
  },
  async read({ name, path, attribute = "Value" }) {
    const one = sessions.get(name);
    const found = await one.session.read({ nodeId: await one.node(path), attributeId: opcua.AttributeIds[attribute] });
    return { status: found.statusCode.name, value: unwrapped(found.value) };
  },
  async write({ name, path, type, value }) {
    const one = sessions.get(name);
    const status = await one.session.write({ nodeId: await one.node(path), attributeId: opcua.AttributeIds.Value, value: { value: { dataType: opcua.DataType[type], value } } });
    return { status: status.name };
  },
  async subscribe({ name, path, type, fields, lifetime }) {
    return { status: await sessions.get(name).subscribe(path, type, fields, lifetime) };
  },
  async events({ name }) {
    return sessions.get(name).events;
  },
  async close({ name }) {
    const one = sessions.get(name);
    sessions.delete(name);
    await one?.session.close().catch(() => {});
    await one?.client.disconnect().catch(() => {});
    return { status: "Good" };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { do: what, ...given } = JSON.parse(line);
  let answer;
  try {
    answer = await does[what](given);
  } catch (error) {
    answer = { status: statusOf(error), error: `${error?.stack ?? error}` };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
process.exit(0);
