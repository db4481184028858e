import assert from "node:assert/strict";
import { test } from "node:test";
import { runInBed } from "./bed.ts";
import { useBrowser } from "./visit.ts";

const markup = "<img src=x onerror=alert(1)><script>alert(2)</script>";

const visit = useBrowser(`sandboxcontainer create evil --unit apache2.service
    systemctl start sandbox@evil`);

test("what root inside writes is never markup", async () => {
  const { page, shell, go, checkAccessibility, checkQuiet } = await visit({ path: "/sandbox/evil/logs" });
  shell.on("dialog", () => {
    assert.fail("a script of the sandbox ran");
  });
  await runInBed(`sandboxcontainer execute evil -- sh -c 'echo "${markup}" > /dev/console
      printf "\\033]0;title\\007\\033[2Jescape \\342\\200\\256drawkcab\\n" > /dev/console
      mkdir "/srv/<b>bold"; echo > "/srv/<b>bold/$(printf "line\\033[31m\\nbreak")"
      cp /bin/sleep "/srv/<i>sleep"' || true
    systemd-run --quiet --collect --unit=evil-sleep sandboxcontainer execute evil -- '/srv/<i>sleep' 987`);
  await page.getByRole("log").getByText(markup).waitFor();
  await page
    .getByRole("log")
    .getByText(/escape \\u202edrawkcab/)
    .waitFor();
  await go("/sandbox/evil/processes");
  await page.getByText("/srv/<i>sleep 987").waitFor();
  await go("/sandbox/evil/files");
  await page.getByRole("button", { name: "srv/" }).click();
  await page.getByRole("button", { name: "<b>bold/" }).click();
  await page.getByRole("button", { name: /^line/ }).click();
  await page.getByRole("dialog").waitFor();
  await checkAccessibility();
  assert.equal(await page.locator("img[src=x], b:text-is('bold')").count(), 0);
  await runInBed("systemctl stop evil-sleep");
  await checkQuiet();
});

test("a log without end and a gigabyte in one line do not stop the page", async () => {
  const { page, go, checkQuiet } = await visit({ path: "/sandbox/evil/logs" });
  await runInBed(
    `sandboxcontainer execute evil -- sh -c 'head -c 1000000 /dev/zero | tr "\\0" x > /dev/console; yes flood | head -n 3000 > /dev/console; echo the-end > /dev/console'`,
  );
  await page.getByRole("log").getByText("the-end").waitFor({ timeout: 120_000 });
  // The page keeps a part of it.
  assert.ok((await page.getByRole("log").locator("> div").count()) <= 1001);
  await go("/");
  await page.getByRole("row", { name: /evil/ }).waitFor();
  await checkQuiet();
});

test("a conf and a unit with markup are shown as text", async () => {
  await runInBed(`printf '[Unit]\\nDescription=${markup}\\n[Service]\\nExecStart=/usr/bin/sleep infinity\\n' > /etc/systemd/system/odd.service
    printf '[Sandbox]\\nExec=/usr/bin/echo "${markup}"\\n' > /etc/sandboxcontainer/odd.conf
    printf '[Sandbox]\\n<script>=1\\n' > /etc/sandboxcontainer/wrong.conf
    systemctl daemon-reload`);
  try {
    const { page, shell, go, checkQuiet } = await visit();
    shell.on("dialog", () => {
      assert.fail("a script of the host's files ran");
    });
    await page.getByRole("row", { name: /odd/ }).getByText("<script>alert(2)</script>").waitFor();
    await page.getByRole("row", { name: /wrong/ }).getByText("Conf unusable").waitFor();
    await go("/sandbox/wrong");
    await page
      .getByText(/wrong\.conf:2/)
      .first()
      .waitFor();
    await go("/create");
    await page.getByRole("combobox", { name: "Service" }).fill("odd.service");
    await page.getByText(markup).last().waitFor();
    await checkQuiet();
  } finally {
    await runInBed(`rm -f /etc/systemd/system/odd.service /etc/sandboxcontainer/odd.conf /etc/sandboxcontainer/wrong.conf
      systemctl daemon-reload`);
  }
});

test("the page says when libvirt or systemd is gone, and goes on afterwards", async () => {
  const { page, checkAccessibility } = await visit();
  await page.getByRole("row", { name: /evil/ }).getByText("Running").waitFor();
  // A sandbox does not need libvirtd while it runs, and neither does the page.
  await runInBed(
    "systemctl mask --runtime --now libvirtd.service libvirtd.socket libvirtd-ro.socket libvirtd-admin.socket",
  );
  await page.getByRole("button", { name: "Actions of evil" }).click();
  await page.getByRole("menuitem", { name: "Restart" }).click();
  await page.getByText("evil did not restart").waitFor({ timeout: 120_000 });
  await checkAccessibility();
  await runInBed(
    "systemctl unmask --runtime libvirtd.service libvirtd.socket libvirtd-ro.socket libvirtd-admin.socket; systemctl start libvirtd.socket; systemctl reset-failed; systemctl start sandbox@evil",
  );
  await page.getByRole("row", { name: /evil/ }).getByText("Running").waitFor();
  await runInBed("systemctl daemon-reexec");
  await runInBed("systemctl stop sandbox@evil");
  await page.getByRole("row", { name: /evil/ }).getByText("Stopped").waitFor();
});
