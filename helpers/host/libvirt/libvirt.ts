import { createRequire } from "node:module";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { SandboxError } from "../../../base/errors.ts";
import { libraryDirectory } from "../../../base/paths.ts";

// The package's own JavaScript finds the addon relative to itself, which fails in a bundle. We need only the native
// class, so we load only that, and declare the part that we call.
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

/** The result of asking libvirt for a container. */
export type CreateResult =
  /**
   * It runs, or has already ended. `terminal` is the host's side of its console, such as `/dev/pts/3`; undefined if it
   * has ended.
   */
  | { readonly kind: "created"; readonly terminal: string | undefined }
  /** libvirt still has the previous domain. `isStarting`: libvirt is about to start that one. */
  | { readonly kind: "busy"; readonly isStarting: boolean; readonly reason: string }
  /** libvirt has another domain of this name. */
  | { readonly kind: "taken"; readonly reason: string }
  | { readonly kind: "refused"; readonly reason: string };

/** libvirt's LXC driver. The one connection is opened immediately; the first call waits for it. */
export interface Libvirt {
  /** Makes a domain and starts it. Every answer from libvirt is a result; throws only if libvirt cannot be reached. */
  createDomain(xml: string): Promise<CreateResult>;
  /** Kills the domain and makes libvirt forget it; resolves to false if libvirt does not know it. */
  destroyDomain(name: string): Promise<boolean>;
  hasDomain(name: string): Promise<boolean>;
}

// The addon's workers hold a bare pointer to the object. Garbage collection of the object would free it, so the object
// is kept here while they run.
const held = new Set<NativeDomain>();
function hold(domain: NativeDomain): NativeDomain {
  held.add(domain);
  return domain;
}

// libvirtd was restarted since we connected, and has not got the request.
const isUnsent = /Cannot write data|client socket is closed/;

const noSuchDomain = /Domain not found|no domain with matching name/i;

/** Connects to `lxc:///system`. That starts libvirtd through its socket if necessary. Throws SandboxError. */
export const connectLibvirt = (): Libvirt => openLibvirt(loadHypervisor());

/** The same with a given object of the addon. */
export function openLibvirt(
  hypervisor: NativeHypervisor,
  sleep: (ms: number) => Promise<unknown> = setTimeout,
): Libvirt {
  const open = (): Promise<void> =>
    connect(hypervisor, sleep).catch((error: unknown) => {
      throw describeAway(reasonOf(error));
    });
  const opened = open();
  // The first call awaits this later. Until then a refused connection must not count as an unhandled rejection.
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
      const result = await createDomain(hypervisor, xml);
      if (result.kind !== "refused" || !isUnsent.test(result.reason)) return result;
      await open();
      return createDomain(hypervisor, xml);
    },
    async destroyDomain(name) {
      const domain = await lookup(name);
      return domain !== undefined && (await destroyDomain(hypervisor, domain, name));
    },
    hasDomain: async (name) => (await lookup(name)) !== undefined,
  };
}

// systemd starts a libvirtd that was killed again, and keeps its socket open. Until then connections end at once. If somebody
// restarts it, there is no socket for a moment.
const isBetweenDaemons = /reset by peer|End of file|Broken pipe|libvirt-sock': No such file|Connection refused/i;
const [retries, pause] = [30, 100];

async function connect(hypervisor: NativeHypervisor, sleep: (ms: number) => Promise<unknown>): Promise<void> {
  for (let left = retries; ; left--) {
    try {
      await hypervisor.connectOpen();
      return;
    } catch (error) {
      if (left === 0 || !isBetweenDaemons.test(reasonOf(error))) throw error;
    }
    await sleep(pause);
  }
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

// If libvirtd is killed during a start, it finds the domain when it starts again, and keeps it as shut off. It refuses
// to undefine a transient domain, but not a defined one.
async function forgetDomain(hypervisor: NativeHypervisor, domain: NativeDomain, name: string): Promise<true> {
  try {
    const xml = await hypervisor.domainGetXMLDesc(domain, 0);
    await hypervisor.domainUndefine(hold(await hypervisor.domainDefineXML(xml)));
    return true;
  } catch (error) {
    throw new SandboxError(`libvirt does not forget domain ${name}, which is not running: ${reasonOf(error)}`, {
      hint: "To make libvirt check again: systemctl restart libvirtd",
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

// The domain may have ended since it was made.
async function readTerminal(hypervisor: NativeHypervisor, domain: NativeDomain): Promise<string | undefined> {
  try {
    return parseTerminal(await hypervisor.domainGetXMLDesc(domain, 0));
  } catch {
    return undefined;
  }
}

/** Finds the host's side of the console in the XML of a running domain. */
export const parseTerminal = (xml: string): string | undefined =>
  /<console\b[^>]*\stty=['"](\/dev\/pts\/\d+)['"]/.exec(xml)?.[1];

/** Finds out from libvirt's message why it made no domain (virDomainObjListAddLocked() in virdomainobjlist.c). */
export function parseRefusal(reason: string): Exclude<CreateResult, { kind: "created" }> {
  if (reason.includes("already exists with uuid")) return { kind: "taken", reason };
  const [, state] = /is already (active|being removed|being started)/.exec(reason) ?? [];
  return state === undefined
    ? { kind: "refused", reason }
    : { kind: "busy", isStarting: state === "being started", reason };
}

/** The error that libvirt cannot be reached. */
export const describeAway = (reason: string): SandboxError =>
  new SandboxError(`cannot reach libvirt at lxc:///system: ${reason}`, {
    hint: "Is libvirtd running? See `systemctl status libvirtd.socket`",
  });

/** The message of the addon's rejection: usually a string, but under some runtimes an error without a message. */
export function reasonOf(error: unknown): string {
  const words = typeof error === "object" && error !== null && "message" in error ? error.message : error;
  return typeof words === "string" && words !== "" ? words : "it does not say why";
}
