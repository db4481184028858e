import type { FrameLocator, Locator } from "playwright-core";
import type { Visit } from "../visit.ts";

/** Finds a denial in the security view by its words. */
export const findDenial = (page: FrameLocator, words: string): Locator =>
  page.locator(".pf-v6-c-alert").filter({ hasText: words }).first();

/** Asks to allow a denial, and answers the question, which must show the command that allows it. */
export async function clickAllow(
  { page, checkAccessibility, takePicture }: Visit,
  words: string,
  command: string,
  answer: "Allow" | "Cancel",
): Promise<void> {
  await findDenial(page, words).getByRole("button", { name: "Allow…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText(command).waitFor();
  await checkAccessibility();
  await takePicture(`allow-${words.slice(0, 40)}`);
  await dialog.getByRole("button", { name: answer, exact: true }).click();
  await dialog.waitFor({ state: "detached" });
}
