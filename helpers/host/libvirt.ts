import { createRequire } from "node:module";
import { join } from "node:path";
import { libraryDirectory } from "../../generator/conf/paths.ts";
import { SandboxError } from "../../generator/conf/sandbox-error.ts";

// The package's own JavaScript resolves the addon relative to itself, which a bundle cannot; its native class is all we
// need, so we load that alone and state the part of it that we call.
type NativeDomain = object;
interface NativeHypervisor {
  connectOpen(): Promise<void>;
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
}

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
    try {
      return hold(await hypervisor.domainLookupByName(name));
    } catch (error) {
      if (noSuchDomain.test(reasonOf(error))) return undefined;
      throw new SandboxError(`libvirt cannot look up domain ${name}: ${reasonOf(error)}`);
    }
  };
  return {
    async destroyDomain(name) {
      const domain = await lookup(name);
      if (domain === undefined) return false;
      try {
        await hypervisor.domainDestroy(domain);
        return true;
      } catch (error) {
        if (noSuchDomain.test(reasonOf(error))) return false;
        if (/not running/i.test(reasonOf(error))) return forgetDomain(hypervisor, domain, name);
        throw new SandboxError(`libvirt cannot destroy domain ${name}: ${reasonOf(error)}`);
      }
    },
    hasDomain: async (name) => (await lookup(name)) !== undefined,
  };
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
