import { createRequire } from "node:module";
import { join } from "node:path";
import { libraryDirectory } from "../../generator/conf/paths.ts";
import { SandboxError } from "../../generator/conf/sandbox-error.ts";

// The package's own JavaScript resolves the addon relative to itself, which a bundle cannot; its native class is all we
// need, so we load that alone and state the part of it that we call.
type NativeDomain = object;
interface NativeHypervisor {
  connectOpen(): Promise<void>;
  domainCreateXML(xml: string, flags: number): Promise<NativeDomain>;
  domainLookupByName(name: string): Promise<NativeDomain>;
  domainDestroy(domain: NativeDomain): Promise<void>;
  domainGetXMLDesc(domain: NativeDomain, flags: number): Promise<string>;
  domainDefineXML(xml: string): Promise<NativeDomain>;
  domainUndefine(domain: NativeDomain): Promise<void>;
}
interface Addon {
  readonly Hypervisor: new (options: { readonly uri: string }) => NativeHypervisor;
}

/** libvirt's LXC driver: one connection, made at once and awaited by the first call. */
export interface Libvirt {
  /** Kills the domain, and has libvirt forget it; resolves to false when libvirt does not know it. */
  destroyDomain(name: string): Promise<boolean>;
  hasDomain(name: string): Promise<boolean>;
  /** Makes a domain of its XML, and starts it. */
  createDomain(xml: string): Promise<CreateResult>;
  /** The terminal of a domain's console on the host, as `/dev/pts/3`; undefined when the domain has ended. */
  findTerminal(name: string): Promise<string | undefined>;
}

/** What libvirt answers when it is to create a domain. */
export type CreateResult =
  | { readonly kind: "created" }
  /** It still has one of that name: it is ending it, or, with `isStarting`, starting it. */
  | { readonly kind: "busy"; readonly isStarting: boolean; readonly reason: string }
  | { readonly kind: "refused"; readonly reason: string };

// The addon's workers hold a bare pointer, which is freed with the object: it must not be collected while they run.
const held = new Set<NativeDomain>();
function hold(domain: NativeDomain): NativeDomain {
  held.add(domain);
  return domain;
}

const noSuchDomain = /Domain not found|no domain with matching name/i;

/** Connects to `lxc:///system`, which starts libvirtd through its socket if need be. Throws SandboxError. */
export function connectLibvirt(): Libvirt {
  const hypervisor = loadHypervisor();
  const opened = hypervisor.connectOpen().catch((error: unknown) => {
    throw new SandboxError(`cannot reach libvirt at lxc:///system: ${reasonOf(error)}`, {
      hint: "Is libvirtd running? See `systemctl status libvirtd.socket`",
    });
  });
  // Awaited later: until then a refused connection is not an unhandled rejection.
  opened.catch(() => undefined);
  const lookup = async (name: string): Promise<NativeDomain | undefined> => {
    await opened;
    return lookUpDomain(hypervisor, name);
  };
  return {
    async destroyDomain(name) {
      const domain = await lookup(name);
      return domain !== undefined && (await destroyDomain(hypervisor, domain, name));
    },
    hasDomain: async (name) => (await lookup(name)) !== undefined,
    async createDomain(xml) {
      await opened;
      return createDomain(hypervisor, xml);
    },
    async findTerminal(name) {
      const domain = await lookup(name);
      // One that ends meanwhile has none.
      return domain && parseTerminal(await hypervisor.domainGetXMLDesc(domain, 0).catch(() => ""));
    },
  };
}

async function lookUpDomain(hypervisor: NativeHypervisor, name: string): Promise<NativeDomain | undefined> {
  try {
    return hold(await hypervisor.domainLookupByName(name));
  } catch (error) {
    if (noSuchDomain.test(reasonOf(error))) return undefined;
    throw new SandboxError(`libvirt cannot look up domain ${name}: ${reasonOf(error)}`);
  }
}

async function createDomain(hypervisor: NativeHypervisor, xml: string): Promise<CreateResult> {
  try {
    hold(await hypervisor.domainCreateXML(xml, 0));
    return { kind: "created" };
  } catch (error) {
    return judgeRefusal(reasonOf(error));
  }
}

/** Whether a refusal is one that passes (virDomainObjListAddLocked() in libvirt's virdomainobjlist.c). */
export function judgeRefusal(reason: string): Exclude<CreateResult, { kind: "created" }> {
  const isStarting = reason.includes("is already being started");
  const isBusy = isStarting || reason.includes("is already being removed") || reason.includes("is already active");
  return isBusy ? { kind: "busy", isStarting, reason } : { kind: "refused", reason };
}

/** The terminal of the console in a domain's XML. */
export const parseTerminal = (xml: string): string | undefined =>
  /<console type='pty' tty='(\/dev\/pts\/\d+)'/.exec(xml)?.[1];

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

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
