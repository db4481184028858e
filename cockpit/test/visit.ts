import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import axe from "axe-core";
import { after, afterEach, before } from "node:test";
import { type Browser, chromium, type Frame, type FrameLocator, type Page } from "playwright-core";
import { clear, kind, runInBed } from "./bed.ts";

/** Where pictures of the page go. */
const pictures = join(import.meta.dirname, "../../build/browser");

/** Where Cockpit is. The tests run in the network of a native bed. */
const address = `http://127.0.0.1:${process.env["COCKPIT_PORT"] ?? "9090"}`;

/** How long something may take. A virtual machine is some twenty times slower. */
const timeout = kind === "native" ? 60_000 : 600_000;

const frameName = "cockpit1:localhost/sandboxes";

/** How a visitor comes to the page. */
export interface Visitor {
  /** `admin` may become an administrator, and is one at once. `guest` may not. */
  readonly user?: "admin" | "guest";
  readonly style?: "light" | "dark";
  /** A language of Cockpit's, such as `de-de`. */
  readonly language?: string;
  readonly width?: number;
  /** The path in the page, such as `/sandbox/web1`. */
  readonly path?: string;
}

/** The page of a visitor who has logged in. */
export interface Visit {
  readonly shell: Page;
  readonly page: FrameLocator;
  /** Goes to another path of the page. */
  readonly go: (path: string) => Promise<void>;
  /** Fails if the page has faults that axe finds, such as a control without a name. */
  readonly checkAccessibility: () => Promise<void>;
  readonly takePicture: (name: string) => Promise<void>;
  /** Fails if there was an error on the console or an exception. */
  readonly checkQuiet: () => Promise<void>;
}

/**
 * Opens a browser for the tests of a file, with the bed prepared by a shell script. Returns what visits the page. If a test
 * fails, a picture is taken of what it saw last.
 */
export function useBrowser(preparation = ":"): (visitor?: Visitor) => Promise<Visit> {
  let browser: Browser;
  let last: Visit | undefined;
  before(async () => {
    browser = await chromium.launch({
      executablePath: "/usr/bin/chromium",
      // Chromium's own sandbox does not run as root.
      chromiumSandbox: false,
      // For the terminal, without a graphics card.
      args: ["--enable-unsafe-swiftshader"],
    });
    await clear();
    await runInBed(preparation);
  });
  afterEach(async (context) => {
    if ("passed" in context && !context.passed) await last?.takePicture(`failed ${context.name.slice(0, 40)}`);
    await last?.shell.context().close();
    last = undefined;
  });
  after(async () => {
    await browser.close();
    await clear();
  });
  return async (visitor) => {
    last = await visit(browser, visitor);
    return last;
  };
}

// What Cockpit itself complains about.
const known = [/status of 401/, /fonts\//, /crypto.policy/i, /favicon/];

async function visit(
  browser: Browser,
  { user = "admin", style = "light", language, width = 1280, path = "/" }: Visitor = {},
): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width, height: 900 } });
  await context.addInitScript(
    ([name, chosen]) => {
      localStorage.setItem(`superuser:${name ?? ""}`, name === "guest" ? "none" : "any");
      localStorage.setItem("shell:style", chosen ?? "");
    },
    [user, style],
  );
  if (language !== undefined) await context.addCookies([{ name: "CockpitLang", value: language, url: address }]);
  const shell = await context.newPage();
  shell.setDefaultTimeout(timeout);
  const complaints: string[] = [];
  const complain = (text: string): void => {
    if (!known.some((pattern) => pattern.test(text))) complaints.push(text.slice(0, 300));
  };
  shell.on("pageerror", (error) => {
    complain(String(error));
  });
  shell.on("console", (message) => {
    if (message.type() === "error") complain(`${message.text()} ${message.location().url}`);
  });
  await logIn(shell, user, path);
  return {
    shell,
    page: shell.frameLocator(`iframe[name="${frameName}"]`),
    go: (to) => frameOf(shell).evaluate(`location.hash = ${JSON.stringify(`#${to}`)}`),
    checkAccessibility: () => checkAccessibility(frameOf(shell)),
    async takePicture(name) {
      mkdirSync(pictures, { recursive: true });
      await shell.screenshot({ path: join(pictures, `${name}.png`) });
    },
    async checkQuiet() {
      assert.equal(await shell.locator("#navbar-oops").isVisible(), false, "Cockpit says Ooops");
      assert.deepEqual(complaints, []);
    },
  };
}

async function logIn(shell: Page, user: string, path: string): Promise<void> {
  await shell.goto(`${address}/sandboxes#${path}`);
  await shell.locator("#login-user-input").fill(user);
  await shell.locator("#login-password-input").fill("sandboxes");
  await shell.locator("#login-button").click();
  await shell.locator(`iframe[name="${frameName}"]`).waitFor();
}

function frameOf(shell: Page): Frame {
  const frame = shell.frame({ name: frameName });
  assert.ok(frame, "the page is not there");
  return frame;
}

async function checkAccessibility(frame: Frame): Promise<void> {
  await frame.evaluate(axe.source);
  const { violations } = await frame.evaluate<axe.AxeResults>("axe.run()");
  const findings = violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 300)}`));
  assert.deepEqual(findings, []);
}
