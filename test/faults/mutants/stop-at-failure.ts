import type { TestEvent } from "node:test/reporters";

/** A reporter of node:test that prints nothing, and ends the process at the first failure. */
export default async function* stopAtFailure(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const { type } of events) {
    if (type === "test:fail") process.exit(1);
  }
  yield "";
}
