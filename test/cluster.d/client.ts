import { get } from "node:http";

/** One request that was answered. */
interface Answer {
  /** When it was answered, in milliseconds of performance.now(). */
  readonly at: number;
  readonly number: number;
  /** The instance of the service that answered, and whether it runs in the right root. */
  readonly instance: string;
  readonly isMarked: boolean;
}

/** A client that sends 20 requests a second, each with a new number, and does not wait for the previous ones. */
export interface Client {
  /** The longest time without an answer since then, in milliseconds; it may still go on. */
  outageSince(began: number): number;
  /** Resolves once a request that was sent from now on is answered. Rejects after this many milliseconds. */
  answered(within: number): Promise<Answer>;
  readonly answers: readonly Answer[];
  stop(): void;
}

const timeout = 250;

export function startClient(address: string): Client {
  const answers: Answer[] = [];
  let waiting: { readonly from: number; readonly resolve: (answer: Answer) => void }[] = [];
  let number = 0;
  const send = (): void => {
    const own = (number += 1);
    const request = get({ host: address, path: `/${own}`, agent: false, timeout }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response
        .on("error", () => undefined)
        .on("end", () => {
          const [, instance, mark] = /^([0-9a-f]{8}) (marked|EMPTY)\n$/.exec(text) ?? [];
          // It may be another server, if the address is there before the sandbox.
          if (instance === undefined) return;
          const answer = { at: performance.now(), number: own, instance, isMarked: mark === "marked" };
          answers.push(answer);
          for (const each of waiting) if (own > each.from) each.resolve(answer);
          waiting = waiting.filter(({ from }) => own <= from);
        });
    });
    request.on("timeout", () => request.destroy()).on("error", () => undefined);
  };
  const timer = setInterval(send, 50);
  return {
    answers,
    outageSince(began) {
      const times = [began, ...answers.filter(({ at }) => at > began).map(({ at }) => at), performance.now()];
      return Math.max(...times.slice(1).map((at, index) => at - (times[index] ?? at)));
    },
    answered: (within) =>
      new Promise((resolve, reject) => {
        const timeout = setTimeout(() => {
          reject(new Error(`no answer from ${address} within ${within / 1000} s`));
        }, within);
        waiting.push({
          from: number,
          resolve: (answer) => {
            clearTimeout(timeout);
            resolve(answer);
          },
        });
      }),
    stop: () => {
      clearInterval(timer);
    },
  };
}
