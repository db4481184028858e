import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describeError } from "../../../../base/errors.ts";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import { planOf } from "../plan/plan-of.ts";

/*
 * real-mounts.test.ts runs this in its own mount namespace, so that all mounts are gone at the end. The arguments are
 * SCENARIO and FOLDER, an empty folder. Prints the result as JSON.
 */

// The modules set their paths when they are loaded.
const [, , scenario = "", top = ""] = process.argv;
process.env["SANDBOXCONTAINER_ROOT"] = top;
const { attachSandbox } = await import("../../../../helpers/run/attach/attach-sandbox.ts");
const { mountSources } = await import("../../../../helpers/run/attach/mount-sources.ts");
const { showFile } = await import("../../../../helpers/run/attach/show-image.ts");
const { coverFolder, mountOver } = await import("../../../../helpers/run/guard/guard-folders.ts");
const { guardFolder } = await import("../../../../helpers/run/guard/guard-folders.ts");
const { withHostFolder } = await import("../../../../helpers/run/host-folder.ts");
const { takeLock } = await import("../../../../helpers/host/files/lock.ts");
const { bind, mountNew, unmount } = await import("../../../../helpers/host/files/mounts.ts");

const name = parseSandboxName("web1");
const at = (...parts: string[]): string => join(top, ...parts);
const state = at("var/lib/sandboxcontainer/web1");
const unmapped = { owner: 0, ids: undefined, context: undefined };

function makeFolders(): void {
  for (const folder of [
    join(state, "root"),
    join(state, "start/run/host"),
    at("source"),
    at("evil"),
    at("run/sandboxcontainer/web1"),
  ])
    mkdirSync(folder, { recursive: true });
  for (const [folder, file] of [
    ["source", "mine"],
    ["evil", "strange"],
  ] as const)
    writeFileSync(at(folder, file), file);
}

/** Moves the source to `moved`, and puts a link to `evil` in its place. */
function swap(): void {
  renameSync(at("source"), at("moved"));
  symlinkSync(at("evil"), at("source"));
}

const mountsBelow = (path: string): readonly string[] =>
  readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .map((line) => line.split(" "))
    .filter(([, , , , point = ""]) => point === path || point.startsWith(`${path}/`))
    .map(([, , , , point = "", options = ""]) => `${point.slice(top.length)} ${options}`);

const scenarios: Readonly<Record<string, () => Promise<unknown>>> = {
  // Swaps at the last moment before the mount.
  cover: async () => {
    await coverFolder(at("source"), {
      takeLock: () => takeLock(at("lock"), 5),
      isHarmless: () => {
        swap();
        return false;
      },
      mountOver,
    });
    return { evil: mountsBelow(at("evil")), moved: mountsBelow(at("moved")).length };
  },
  guard: async () => {
    const list = join(state, "guarded");
    const guard = () => withHostFolder(at("source"), (folder) => guardFolder(folder, list));
    await Promise.all([guard(), guard()]);
    await guard();
    return { mounts: mountsBelow(at("source")), list: readFileSync(list, "utf8").split("\n")[0]?.slice(top.length) };
  },
  // Swaps while the source is guarded.
  bind: async () => {
    const source = { kind: "folder", path: at("source"), allowsSetId: false } as const;
    await mountSources(name, [source], unmapped, {
      makeFolder: (path) => {
        mkdirSync(path);
      },
      withFolder: withHostFolder,
      guard: () => {
        swap();
        return Promise.resolve();
      },
      unguard: () => undefined,
      isFile: () => false,
      bindFile: () => Promise.reject(new Error("no file")),
      showImage: () => Promise.resolve(),
      bind,
      mountNew,
    });
    const place = at("run/sandboxcontainer/web1/mount-0");
    return { hasMine: existsSync(join(place, "mine")), mounts: mountsBelow(place) };
  },
  file: async () => {
    symlinkSync("mine", at("source/link"));
    mkdirSync(at("source/folder"));
    const show = (file: string): Promise<unknown> =>
      showFile(at("source", file), at(`shown-${file}`)).then(
        () => readFileSync(at(`shown-${file}`), "utf8"),
        (error: unknown) => describeError(error).replaceAll(top, ""),
      );
    return [await show("mine"), await show("link"), await show("folder"), await show("none"), mountsBelow(top).length];
  },
  // Does all that a start without Mount= needs.
  attach: async () => {
    rmSync(at("run"), { recursive: true });
    for (const [file, text] of [
      ["ids", "none\n"],
      ["context", "none\n"],
    ] as const)
      writeFileSync(join(state, file), text);
    writeFileSync(join(state, "start/run/host/command"), "");
    await attachSandbox(name, planOf());
    const mounts = at("run/host/sandboxcontainer/web1");
    return {
      mounts: mountsBelow(mounts).map((line) =>
        line.replace("/run/host/sandboxcontainer/web1/", "").replace(/,(relatime|inode64).*/, ""),
      ),
      isFilled: existsSync(join(mounts, "run/host/command")),
      mode: (statSync(mounts).mode & 0o7777).toString(8),
    };
  },
  // Mounts below a shared mount.
  flags: () => {
    execFileSync("mount", ["--make-rshared", "/"]);
    const ids = { first: 300_000, count: 65_536 };
    const shared = (path: string): boolean =>
      readFileSync("/proc/self/mountinfo", "utf8")
        .split("\n")
        .some((line) => line.split(" ")[4] === path && line.includes(" shared:"));
    const place = (...parts: string[]): string => {
      mkdirSync(at(...parts));
      return at(...parts);
    };
    bind({ from: at("source"), to: place("mapped"), flags: ["ro", "nodev"], isPrivate: true, ids });
    bind({ from: at("source"), to: place("plain"), isPrivate: false });
    const options = { uid: 7, mode: "0700", size: "1m", context: undefined };
    mountNew({ type: "tmpfs", to: place("memory"), flags: ["nosuid"], options });
    symlinkSync(at("evil"), at("link"));
    const refusal = (act: () => void): string => {
      try {
        act();
        return "";
      } catch (error) {
        return describeError(error).replaceAll(top, "");
      }
    };
    return Promise.resolve({
      mounts: ["mapped", "plain", "memory"].map((each) =>
        mountsBelow(at(each))
          .join()
          .replace(/,?(relatime|inode64)/g, ""),
      ),
      shared: ["mapped", "plain", "memory"].map((each) => shared(at(each))),
      owners: [statSync(at("mapped/mine")).uid, statSync(at("source/mine")).uid, statSync(at("memory")).uid],
      refusals: [
        refusal(() => {
          bind({ from: at("source"), to: at("link"), isPrivate: true });
        }),
        refusal(() => {
          unmount(at("link"));
        }),
        refusal(() => {
          unmount(at("mapped"));
          unmount(at("mapped"));
        }),
      ],
    });
  },
  lock: async () => {
    const first = await takeLock(at("lock"), 1);
    const second = await takeLock(at("lock"), 0);
    const third = takeLock(at("lock"), 10);
    await sleep(50);
    first.release();
    return [first.isTaken, second.isTaken, (await third).isTaken];
  },
};

makeFolders();
process.stdout.write(JSON.stringify(await scenarios[scenario]?.()));
