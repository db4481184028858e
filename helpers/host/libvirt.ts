import { createRequire } from "node:module";
import { join } from "node:path";
import { libraryDirectory } from "../../generator/conf/paths.ts";
import { SandboxError } from "../../generator/conf/sandbox-error.ts";

// The package's own JavaScript resolves the addon relative to itself, which a bundle cannot; its native class is all we
// need, so we load that alone and state the part of it that we call.
type NativeDomain = object;
/** The part of the addon's class that we call. */
export interface NativeHypervisor {
  connectOpen(): Promise<void>;
  domainCreateXML(xml: string): Promise<NativeDomain>;
  domainLookupByName(name: string): Promise<NativeDomain>;
  domainDestroy(domain: NativeDomain): Promise<void>;
  domainGetXMLDesc(domain: NativeDomain, flags: number): Promise<string>;
  domainDefineXML(xml: string): Promise<NativeDomain>;
  domainUndefine(domain: NativeDomain): Promise<void>;
}
interface Addon {
  readonly Hypervisor: new (options: { readonly uri: string }) => NativeHypervisor;
}

/** What came of having libvirt make a container. */
export type CreateResult =
  /** It runs, or has ended again. `terminal` is the host's side of its console, as `/dev/pts/3`; undefined when it has ended. */
  | { readonly kind: "created"; readonly terminal: string | undefined }
  /** libvirt still has the domain before; `isStarting`: as one that it is about to start. */
  | { readonly kind: "busy"; readonly isStarting: boolean; readonly reason: string }
  | { readonly kind: "refused"; readonly reason: string };

/** libvirt's LXC driver: one connection, made at once and awaited by the first call. */
export interface Libvirt {
  /** Makes a domain and starts it. Every answer of libvirt's is a result; throws only when libvirt cannot be reached. */
  createDomain(xml: string): Promise<CreateResult>;
  /** Kills the domain, and has libvirt forget it; resolves to false when libvirt does not know it. */
  destroyDomain(name: string): Promise<boolean>;
  hasDomain(name: string): Promise<boolean>;
  /** The host's side of the console of a domain, as `/dev/pts/3`; undefined when it has ended. */
  findTerminal(name: string): Promise<string | undefined>;
}

// The addon's workers hold a bare pointer, which is freed with the object: it must not be collected while they run.
const held = new Set<NativeDomain>();
function hold(domain: NativeDomain): NativeDomain {
  held.add(domain);
  return domain;
}

const noSuchDomain = /Domain not found|no domain with matching name/i;

/** Connects to `lxc:///system`, which starts libvirtd through its socket if need be. Throws SandboxError. */
export const connectLibvirt = (): Libvirt => openLibvirt(loadHypervisor());

/** The same over an object of the addon's. */
export function openLibvirt(hypervisor: NativeHypervisor): Libvirt {
  const opened = hypervisor.connectOpen().catch((error: unknown) => {
    throw new SandboxError(`cannot reach libvirt at lxc:///system: ${reasonOf(error)}`, {
      hint: "Is libvirtd running? See `systemctl status libvirtd.socket`",
    });
  });
  // Awaited later: until then a refused connection is not an unhandled rejection.
  opened.catch(() => undefined);

  const lookup = async (name: string): Promise<NativeDomain | undefined> => {
    await opened;
    try {
      return hold(await hypervisor.domainLookupByName(name));
    } catch (error) {
      if (noSuchDomain.test(reasonOf(error))) return undefined;
      throw new SandboxError(`libvirt cannot look up domain ${name}: ${reasonOf(error)}`);
    }
  };
  return {
    async createDomain(xml) {
      await opened;
      return createDomain(hypervisor, xml);
    },
    async destroyDomain(name) {
      const domain = await lookup(name);
      return domain !== undefined && (await destroyDomain(hypervisor, domain, name));
    },
    hasDomain: async (name) => (await lookup(name)) !== undefined,
    async findTerminal(name) {
      const domain = await lookup(name);
      return domain && readTerminal(hypervisor, domain);
    },
  };
}

async function destroyDomain(hypervisor: NativeHypervisor, domain: NativeDomain, name: string): Promise<boolean> {
  try {
    await hypervisor.domainDestroy(domain);
    return true;
  } catch (error) {
    if (noSuchDomain.test(reasonOf(error))) return false;
    if (/not running/i.test(reasonOf(error))) return forgetDomain(hypervisor, domain, name);
    throw new SandboxError(`libvirt cannot destroy domain ${name}: ${reasonOf(error)}`);
  }
}

// A libvirtd that was killed during a start finds the domain at its next start, and keeps it as one that is shut off. It refuses to undefine
// a transient one, but not one that was defined.
async function forgetDomain(hypervisor: NativeHypervisor, domain: NativeDomain, name: string): Promise<true> {
  try {
    const xml = await hypervisor.domainGetXMLDesc(domain, 0);
    await hypervisor.domainUndefine(hold(await hypervisor.domainDefineXML(xml)));
    return true;
  } catch (error) {
    throw new SandboxError(`libvirt keeps domain ${name}, which does not run: ${reasonOf(error)}`, {
      hint: "To have it look anew: systemctl restart libvirtd",
    });
  }
}

function loadHypervisor(): NativeHypervisor {
  const load = createRequire(join(libraryDirectory, "/"));
  try {
    const addon = load("./libvirt.node") as Addon;
    return new addon.Hypervisor({ uri: "lxc:///system" });
  } catch (error) {
    throw new SandboxError(`cannot load ${join(libraryDirectory, "libvirt.node")}: ${reasonOf(error)}`, {
      hint: "Install libvirt's client library (Debian: libvirt0)",
    });
  }
}

async function createDomain(hypervisor: NativeHypervisor, xml: string): Promise<CreateResult> {
  try {
    const domain = hold(await hypervisor.domainCreateXML(xml));
    return { kind: "created", terminal: await readTerminal(hypervisor, domain) };
  } catch (error) {
    return parseRefusal(reasonOf(error));
  }
}

// It may have ended since it was made.
async function readTerminal(hypervisor: NativeHypervisor, domain: NativeDomain): Promise<string | undefined> {
  try {
    return parseTerminal(await hypervisor.domainGetXMLDesc(domain, 0));
  } catch {
    return undefined;
  }
}

/** The host's side of the console in the XML of a domain that runs. */
export const parseTerminal = (xml: string): string | undefined =>
  /<console\b[^>]*\stty=['"](\/dev\/pts\/\d+)['"]/.exec(xml)?.[1];

/** Why libvirt made no domain, from its words (virDomainObjListAddLocked() in virdomainobjlist.c). */
export function parseRefusal(reason: string): Exclude<CreateResult, { kind: "created" }> {
  const [, state] = /is already (active|being removed|being started)/.exec(reason) ?? [];
  return state === undefined
    ? { kind: "refused", reason }
    : { kind: "busy", isStarting: state === "being started", reason };
}

/** The words of what the addon rejects with: mostly a text, and under some runtimes an error without a message. */
export function reasonOf(error: unknown): string {
  const words = typeof error === "object" && error !== null && "message" in error ? error.message : error;
  return typeof words === "string" && words !== "" ? words : "it does not say why";
}
