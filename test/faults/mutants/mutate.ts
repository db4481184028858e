import ts from "typescript";
import { mutatePattern } from "./mutate-pattern.ts";

/** A small change of a text. */
export interface Mutant {
  readonly start: number;
  readonly end: number;
  /** What is there instead. */
  readonly now: string;
}

const { SyntaxKind } = ts;

const operators = new Map<ts.SyntaxKind, readonly string[]>([
  [SyntaxKind.EqualsEqualsEqualsToken, ["!=="]],
  [SyntaxKind.ExclamationEqualsEqualsToken, ["==="]],
  [SyntaxKind.LessThanToken, ["<=", ">="]],
  [SyntaxKind.LessThanEqualsToken, ["<", ">"]],
  [SyntaxKind.GreaterThanToken, [">=", "<="]],
  [SyntaxKind.GreaterThanEqualsToken, [">", "<"]],
  [SyntaxKind.PlusToken, ["-"]],
  [SyntaxKind.MinusToken, ["+"]],
  [SyntaxKind.AsteriskToken, ["/"]],
  [SyntaxKind.AsteriskAsteriskToken, ["*"]],
  [SyntaxKind.SlashToken, ["*"]],
  [SyntaxKind.PercentToken, ["*"]],
  [SyntaxKind.AmpersandToken, ["|"]],
  [SyntaxKind.BarToken, ["&"]],
  [SyntaxKind.PlusEqualsToken, ["-=", "="]],
  [SyntaxKind.MinusEqualsToken, ["+=", "="]],
  [SyntaxKind.QuestionQuestionEqualsToken, ["="]],
]);

const logical: readonly ts.SyntaxKind[] = [
  SyntaxKind.AmpersandAmpersandToken,
  SyntaxKind.BarBarToken,
  SyntaxKind.QuestionQuestionToken,
];

const otherMethods = new Map(
  [
    ["some", "every"],
    ["startsWith", "endsWith"],
    ["indexOf", "lastIndexOf"],
    ["findIndex", "findLastIndex"],
    ["min", "max"],
    ["floor", "ceil"],
  ].flatMap(([one = "", other = ""]) => [
    [one, other],
    [other, one],
  ]),
);

/** Methods whose result is of the same type as what they are called on. */
const spared = new Set(
  "filter flat reverse slice sort toReversed toSorted trim trimEnd trimStart replace replaceAll toLowerCase toUpperCase".split(
    " ",
  ),
);

/**
 * Lists the small changes of a TypeScript text that some test should notice, in the order of the text. Types, imports and
 * prose stay as they are, and so does what another change includes: an `if` that is always taken is no `!==` in it as well.
 */
export function listMutants(text: string): readonly Mutant[] {
  const source = ts.createSourceFile("source.ts", text, ts.ScriptTarget.Latest, true);
  const mutants: Mutant[] = [];
  const visit = (node: ts.Node): void => {
    if (isOnlyForTypes(node)) return;
    for (const mutant of mutate(node)) mutants.push({ start: node.getStart(source), end: node.end, ...mutant });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return mutants.sort((one, other) => one.start - other.start || one.end - other.end);
}

type Change = Partial<Mutant> & Pick<Mutant, "now">;

const isOnlyForTypes = (node: ts.Node): boolean =>
  ts.isTypeNode(node) ||
  ts.isInterfaceDeclaration(node) ||
  ts.isTypeAliasDeclaration(node) ||
  ts.isImportDeclaration(node) ||
  ts.isExportDeclaration(node);

function mutate(node: ts.Node): readonly Change[] {
  if (ts.isBinaryExpression(node)) return mutateBinary(node);
  if (ts.isIfStatement(node) || ts.isWhileStatement(node)) return mutateCondition(node.expression);
  if (ts.isConditionalExpression(node)) return mutateCondition(node.condition);
  if (ts.isPrefixUnaryExpression(node)) return mutatePrefix(node);
  if (ts.isPostfixUnaryExpression(node)) {
    const swapped = node.operator === SyntaxKind.PlusPlusToken ? "--" : "++";
    return [{ now: `${node.operand.getText()}${swapped}` }];
  }
  if (ts.isCallExpression(node)) return mutateCall(node);
  if (ts.isArrayLiteralExpression(node)) return mutateArray(node);
  if (ts.isSpreadAssignment(node)) return [{ now: "...{}" }];
  if (ts.isRegularExpressionLiteral(node)) return mutatePattern(node.text).map((now) => ({ now }));
  if (isRemovable(node)) return [{ now: ";" }];
  return mutateLiteral(node);
}

function mutateBinary(node: ts.BinaryExpression): readonly Change[] {
  const { left, operatorToken, right } = node;
  if (logical.includes(operatorToken.kind)) return [{ now: left.getText() }, { now: right.getText() }];
  const others = operators.get(operatorToken.kind) ?? [];
  // If a condition is always true and never true, that says more than its opposite.
  const wanted = isCondition(node) ? others.slice(0, others.length - 1) : others;
  return wanted.map((now) => ({ start: operatorToken.getStart(), end: operatorToken.end, now }));
}

function mutateCondition(condition: ts.Expression): readonly Change[] {
  const kind = ts.isBinaryExpression(condition) ? condition.operatorToken.kind : undefined;
  // Of `a && b` each side alone says more than true does.
  const values =
    kind === SyntaxKind.AmpersandAmpersandToken
      ? ["false"]
      : kind === SyntaxKind.BarBarToken
        ? ["true"]
        : ts.isWhileStatement(condition.parent)
          ? ["false"]
          : ["true", "false"];
  return values
    .filter((now) => now !== condition.getText())
    .map((now) => ({ start: condition.getStart(), end: condition.end, now }));
}

function isCondition(node: ts.Node): boolean {
  const { parent } = node;
  return (
    (ts.isIfStatement(parent) && parent.expression === node) ||
    (ts.isConditionalExpression(parent) && parent.condition === node)
  );
}

function mutatePrefix(node: ts.PrefixUnaryExpression): readonly Change[] {
  const operand = node.operand.getText();
  if (node.operator === SyntaxKind.PlusPlusToken) return [{ now: `--${operand}` }];
  if (node.operator === SyntaxKind.MinusMinusToken) return [{ now: `++${operand}` }];
  return isCondition(node) ? [] : [{ now: operand }];
}

function mutateCall({ expression }: ts.CallExpression): readonly Change[] {
  if (!ts.isPropertyAccessExpression(expression)) return [];
  const { name } = expression;
  const other = otherMethods.get(name.text);
  if (other !== undefined) return [{ start: name.getStart(), end: name.end, now: other }];
  return spared.has(name.text) ? [{ now: expression.expression.getText() }] : [];
}

function mutateArray({ elements, parent }: ts.ArrayLiteralExpression): readonly Change[] {
  if (elements.length === 0 || ts.isBinaryExpression(parent)) return [];
  if (elements.length === 1) return [{ now: "[]" }];
  // A literal is changed by itself.
  return elements
    .filter((element) => !ts.isLiteralExpression(element))
    .map((element) => ({ start: element.getStart(), end: element.end, now: "...[]" }));
}

/** Whether it is a statement that can be left out, and that is not all that an `if` does. */
function isRemovable(node: ts.Node): boolean {
  if (!ts.isExpressionStatement(node) && !ts.isThrowStatement(node) && !ts.isBreakOrContinueStatement(node))
    return ts.isReturnStatement(node) && node.expression === undefined && !ts.isIfStatement(node.parent);
  const { parent } = node;
  if (ts.isIfStatement(parent)) return parent.elseStatement !== undefined;
  return !(
    ts.isBlock(parent) &&
    parent.statements.length === 1 &&
    ts.isIfStatement(parent.parent) &&
    parent.parent.elseStatement === undefined
  );
}

function mutateLiteral(node: ts.Node): readonly Change[] {
  if (node.kind === SyntaxKind.TrueKeyword) return isCondition(node) ? [] : [{ now: "false" }];
  if (node.kind === SyntaxKind.FalseKeyword) return isCondition(node) ? [] : [{ now: "true" }];
  if (ts.isNumericLiteral(node)) return [{ now: String(Number(node.text) + 1) }];
  if (!ts.isStringLiteral(node) && !ts.isNoSubstitutionTemplateLiteral(node) && !ts.isTemplateExpression(node))
    return [];
  const isName = ts.isPropertyAssignment(node.parent) && node.parent.name === node;
  // The types ask for a default where no test can: an index that is always there.
  const isForTypes = ts.isBindingElement(node.parent) && node.getText() === '""';
  const isProse = /\w \w/.test(node.getText());
  if (isName || isForTypes || isProse) return [];
  return [{ now: node.getText() === '""' ? '"?"' : '""' }];
}
