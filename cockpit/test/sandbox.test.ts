import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { runInBed } from "./bed.ts";
import { useBrowser } from "./visit.ts";

const conf = "/etc/sandboxcontainer/web1.conf";

const visit = useBrowser(`sandboxcontainer create web1 --unit apache2.service --publish 8081:80 --start
    sed -i 's/^Unit=/# keep this comment\\nUnit=/' ${conf}; systemctl daemon-reload
    for priority in 2 3 4 5 7; do
      printf 'MESSAGE=of priority %s\\nPRIORITY=%s\\nOBJECT_SYSTEMD_UNIT=sandbox@web1.service\\n' $priority $priority | logger --journald
    done`);

test("every view is without faults, in light and dark", async () => {
  for (const style of ["light", "dark"] as const) {
    const { page, go, checkAccessibility, checkQuiet, takePicture } = await visit({
      style,
      path: "/sandbox/web1",
    });
    const views: Readonly<Record<string, RegExp>> = {
      overview: /apache2\.service/,
      settings: /A unit of the host to run inside/,
      logs: /of priority 4/,
      terminal: /Terminal/,
      processes: /apache2 -k start/,
      files: /etc\//,
      snapshots: /No snapshots/,
      security: /Exposure in the sandbox/,
      upgrade: /Nothing would change/,
    };
    for (const [view, text] of Object.entries(views)) {
      await go(`/sandbox/web1/${view}`);
      await page.getByRole("tab", { name: new RegExp(`^${view}$`, "i"), selected: true }).waitFor();
      await page.getByText(text).first().waitFor();
      await checkAccessibility();
      await takePicture(`${view}-${style}`);
    }
    await checkQuiet();
  }
});

test("where nothing can be denied, the page says why", async () => {
  const { page, checkQuiet } = await visit({ path: "/sandbox/web1/security" });
  await page.getByText(/neither SELinux nor AppArmor|neither an SELinux level nor|Nothing was denied/).waitFor();
  await checkQuiet();
});

test("a setting is changed, and comments stay", async () => {
  const { page, takePicture, checkAccessibility, checkQuiet } = await visit({
    path: "/sandbox/web1/settings",
  });
  await page.getByRole("button", { name: "Change Publish", exact: true }).click();
  const dialog = page.getByRole("dialog");
  assert.equal(await dialog.getByRole("textbox").inputValue(), "8081:80");
  await dialog.getByRole("textbox").fill("8081:80\nnonsense");
  await dialog.getByRole("button", { name: "Save" }).click();
  // At the field and above it.
  await dialog
    .getByText(/nonsense/)
    .nth(1)
    .waitFor();
  await checkAccessibility();
  await takePicture("setting-wrong");
  await dialog.getByRole("textbox").fill("8081:80\n8083:80");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByText(/8083:80/).waitFor();
  assert.match(await runInBed(`cat ${conf}`), /# keep this comment\nUnit=apache2[^]*Publish=8081:80\nPublish=8083:80/);

  await page.getByRole("combobox", { name: "Add a limit" }).selectOption("MemoryMax");
  await dialog.getByRole("textbox").fill("900M");
  await dialog.getByText("It takes effect at once.").waitFor();
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "detached" });
  await page
    .getByRole("row", { name: /MemoryMax/ })
    .getByText("900M")
    .waitFor();
  await checkQuiet();
});

test("a conf that somebody changed meanwhile is not overwritten, and both texts are shown", async () => {
  const { page, checkAccessibility, checkQuiet } = await visit({ path: "/sandbox/web1/settings" });
  await page.getByRole("tab", { name: "Text" }).click();
  const text = page.locator("#conf");
  await text.waitFor();
  const before = await text.inputValue();
  await text.fill(`${before}\n# mine\n`);
  await runInBed(`printf '\\n# theirs\\n' >> ${conf}`);
  await page.getByRole("button", { name: "Check and save" }).click();
  await page.getByText("Somebody has changed the conf meanwhile").waitFor();
  assert.match(await page.locator("#foreign").inputValue(), /# theirs/);
  assert.match(await text.inputValue(), /# mine/);
  assert.doesNotMatch(await runInBed(`cat ${conf}`), /# mine/);
  await checkAccessibility();
  await text.fill(`${before}\n# theirs\n# mine\n`);
  await page.getByRole("button", { name: "Check and save" }).click();
  await page.locator("#foreign").waitFor({ state: "detached" });
  assert.match(await runInBed(`cat ${conf}`), /# theirs\n# mine/);

  await text.fill("[Sandbox]\nUnit=apache2.service\nPubblish=80\n");
  await page.getByRole("button", { name: "Check and save" }).click();
  await page
    .getByText(/Pubblish= is not a key/)
    .first()
    .waitFor();
  assert.match(await runInBed(`cat ${conf}`), /# mine/);
  await page.getByRole("button", { name: "Discard my changes" }).click();
  await page.getByRole("button", { name: "Check and save", disabled: true }).waitFor();
  assert.match(await text.inputValue(), /# mine/);
  await checkQuiet();
});

test("a terminal is a root shell inside", async () => {
  const { page, shell, checkQuiet } = await visit({ path: "/sandbox/web1/terminal" });
  await page
    .getByText(/root@web1/)
    .first()
    .waitFor();
  await shell.keyboard.type("touch /root/from-the-terminal; exit\n");
  await page.getByRole("button", { name: "Open another one" }).waitFor();
  assert.match(await runInBed("ls /var/lib/sandboxcontainer/web1/root/root"), /from-the-terminal/);
  await checkQuiet();
});

test("new log lines appear, and their priority filters them", async () => {
  const { page, checkQuiet } = await visit({ path: "/sandbox/web1/logs" });
  const log = page.getByRole("log");
  await log.getByText("Started sandbox@web1").last().waitFor();
  await runInBed("sandboxcontainer execute web1 -- sh -c 'echo said-now > /dev/console'");
  await log.getByText("said-now").last().waitFor();
  await page.getByRole("combobox", { name: "Priority" }).selectOption("3");
  await log.getByText("said-now").first().waitFor({ state: "detached" });
  await checkQuiet();
});

test("a file says why it is there and how it differs, and goes back to the host's version", async () => {
  await runInBed(`sandboxcontainer execute web1 -- sh -c 'echo "# changed inside" >> /etc/apache2/ports.conf'`);
  const { page, takePicture, checkAccessibility, checkQuiet } = await visit({ path: "/sandbox/web1/files" });
  await page.getByRole("button", { name: "etc/" }).click();
  await page.getByRole("button", { name: "apache2/", exact: true }).click();
  await page
    .getByRole("row", { name: /ports.conf/ })
    .getByText("Changed")
    .waitFor();
  await page.getByRole("button", { name: "ports.conf" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("# changed inside").waitFor();
  await checkAccessibility();
  await takePicture("file");
  await runInBed("systemctl stop sandbox@web1");
  await dialog.getByRole("button", { name: "Take the host's version" }).click();
  await dialog.waitFor({ state: "detached" });
  assert.equal(
    await runInBed("cmp /etc/apache2/ports.conf /var/lib/sandboxcontainer/web1/root/etc/apache2/ports.conf"),
    "",
  );
  await page.getByRole("tab", { name: "What differs" }).click();
  await page.getByRole("row", { name: /from-the-terminal/ }).waitFor();
  await checkQuiet();
});

test("snapshots are taken, and a sandbox goes back to one", async () => {
  const { page, checkAccessibility, checkQuiet } = await visit({ path: "/sandbox/web1/snapshots" });
  await page.getByRole("button", { name: "Take a snapshot" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox").fill("good");
  await dialog.getByRole("button", { name: "Take", exact: true }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("cell", { name: "good", exact: true }).waitFor();
  await runInBed("rm /var/lib/sandboxcontainer/web1/root/root/from-the-terminal");
  await page.getByRole("button", { name: "Roll back to good" }).click();
  await checkAccessibility();
  await dialog.getByRole("button", { name: "Roll back", exact: true }).click();
  await dialog.waitFor({ state: "detached" });
  assert.match(await runInBed("ls /var/lib/sandboxcontainer/web1/root/root"), /from-the-terminal/);
  await page.getByRole("button", { name: "Delete good" }).click();
  await dialog.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByText("No snapshots").waitFor();
  await checkQuiet();
});

test("a snapshot of the timer is told from others, with its size and the time of the next one", async () => {
  await runInBed(
    "sandboxcontainer set web1 Snapshots.OnCalendar=daily && systemctl start sandbox-snapshot@web1.service",
  );
  try {
    const { page, checkAccessibility, checkQuiet } = await visit({ path: "/sandbox/web1/snapshots" });
    await page.getByText(/The next one is due /).waitFor();
    const row = page.getByRole("row", { name: /auto-\d{4}-/ });
    await row.getByText("Taken on schedule").waitFor();
    await row
      .getByText(/\d [KM]i?B$/)
      .first()
      .waitFor();
    await checkAccessibility();
    await checkQuiet();
  } finally {
    await runInBed(`sandboxcontainer set web1 Snapshots.OnCalendar=
      for each in /var/lib/sandboxcontainer/web1/snapshots/auto-*; do sandboxcontainer delete-snapshot web1 "\${each##*/}"; done`);
  }
});

test("an upgrade shows conflicts side by side, and is done", async () => {
  await runInBed(`cp -a /etc/apache2/ports.conf /root/ports.conf
    echo '# of the host' >> /etc/apache2/ports.conf
    echo '# of the sandbox' >> /var/lib/sandboxcontainer/web1/root/etc/apache2/ports.conf`);
  try {
    const { page, takePicture, checkAccessibility, checkQuiet } = await visit({
      path: "/sandbox/web1/upgrade",
    });
    await page.getByText("1 file was changed on both sides").waitFor();
    await page.getByRole("button", { name: "/etc/apache2/ports.conf" }).click();
    await page.getByText("# of the sandbox").waitFor();
    await checkAccessibility();
    await takePicture("conflict");
    await page.getByRole("button", { name: "Upgrade", exact: true }).click();
    await page.getByText("1 file was changed on both sides").waitFor({ state: "detached" });
    assert.match(await runInBed("cat /var/lib/sandboxcontainer/web1/root/etc/apache2/ports.conf"), /# of the sandbox/);
    await checkQuiet();
  } finally {
    await runInBed("cp -a /root/ports.conf /etc/apache2/ports.conf");
  }
});

test("a sandbox is cloned, renamed, downloaded and deleted", async () => {
  const { page, shell, checkAccessibility, checkQuiet } = await visit({ path: "/sandbox/web1" });
  const dialog = page.getByRole("dialog");
  const choose = async (name: string, item: string): Promise<void> => {
    await page.getByRole("button", { name: `Actions of ${name}` }).click();
    await page.getByRole("menuitem", { name: item }).click();
  };
  await choose("web1", "Clone…");
  await dialog.getByLabel("Name").fill("web2");
  await checkAccessibility();
  await dialog.getByRole("button", { name: "Clone" }).click();
  await page.getByRole("heading", { name: "web2", level: 1 }).waitFor();
  await choose("web2", "Rename…");
  await dialog.getByLabel("Name").fill("web3");
  await dialog.getByRole("button", { name: "Rename" }).click();
  await page.getByRole("heading", { name: "web3", level: 1 }).waitFor();
  await choose("web3", "Download an archive…");
  const downloading = shell.waitForEvent("download");
  await dialog.getByRole("button", { name: "Download" }).click();
  const download = await downloading;
  assert.equal(download.suggestedFilename(), "web3.tar.zst");
  // The magic number of zstd.
  assert.equal(readFileSync(await download.path()).readUInt32LE(0), 0xfd2fb528);
  await choose("web3", "Delete…");
  await dialog.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("heading", { name: "Sandboxes", level: 1 }).waitFor();
  assert.equal(await runInBed("ls /var/lib/sandboxcontainer"), "web1");
  await checkQuiet();
});

test("a sandbox that another administrator deletes says so", async () => {
  await runInBed("sandboxcontainer create gone -- /usr/bin/sleep infinity");
  const { page, checkQuiet } = await visit({ path: "/sandbox/gone/files" });
  await page.getByRole("button", { name: "etc/" }).waitFor();
  await runInBed("sandboxcontainer delete --force gone");
  await page.getByText("There is no sandbox gone").waitFor();
  await checkQuiet();
});
