/** A change that no test can notice, or that none has to. */
export interface Explained {
  readonly file: string;
  /** The line as it is, without the spaces before it. */
  readonly line: string;
  /** What the line has in one place, and what the mutant has there. Undefined means any change of this line. */
  readonly change?: readonly [was: string, now: string];
  readonly why: string;
}

export const forTypes = "the types ask for a default, but the value is always there";
export const savesTime = "it only saves time";
export const differ = "no two are the same";
export const onlySign = "of what is returned only the sign counts";
export const noAddress = "nothing is no address either";
