import ts from "typescript";
import { fileOf, parseSource } from "./source-graph.ts";

/** Names that a process reads from its environment; true where it can't do without. */
export type EnvironmentNames = ReadonlyMap<string, boolean>;

/** Methods of zod that let a variable be left out. */
const LETS_OUT = new Set(["default", "prefault", "optional", "catch"]);

/**
 * Reads the zod schema that a main file gives to `readEnvironment`, without running the file. What it can't read is an
 * error: a check that looks away would be none.
 */
export function environmentOf(mainFile: string): EnvironmentNames {
  const source = parseSource(mainFile);
  let schema: ts.Expression | undefined;
  const look = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.getText() === "readEnvironment")
      schema = node.arguments[0];
    ts.forEachChild(node, look);
  };
  look(source);
  if (schema === undefined) throw new Error(`${mainFile} does not call readEnvironment`);
  return namesOf(schema, mainFile);
}

function namesOf(schema: ts.Expression, file: string): Map<string, boolean> {
  if (ts.isIdentifier(schema)) {
    const found = declarationOf(schema.text, file);
    return namesOf(found.value, found.file);
  }
  if (ts.isCallExpression(schema) && ts.isPropertyAccessExpression(schema.expression)) {
    const { name, expression } = schema.expression;
    const [shape] = schema.arguments;
    if (name.text === "extend" && shape !== undefined && isShape(shape))
      return new Map([...namesOf(expression, file), ...namesOf(shape.expression, file)]);
    if (shape !== undefined && ts.isObjectLiteralExpression(shape)) {
      if (expression.getText() === "z" && /^(?:object|strictObject)$/.test(name.text))
        return keysOf(shape, file);
      if (name.text === "extend") return new Map([...namesOf(expression, file), ...keysOf(shape, file)]);
    }
  }
  throw new Error(`${file}: ${schema.getText()} is not read here as a schema of an environment`);
}

/** `Other.shape` */
function isShape(value: ts.Expression): value is ts.PropertyAccessExpression {
  return ts.isPropertyAccessExpression(value) && value.name.text === "shape";
}

function keysOf(shape: ts.ObjectLiteralExpression, file: string): Map<string, boolean> {
  return new Map(
    shape.properties.flatMap((property): [string, boolean][] => {
      if (ts.isPropertyAssignment(property) && ts.isIdentifier(property.name)) {
        return [[property.name.text, isRequired(property.initializer, file)]];
      }
      if (ts.isSpreadAssignment(property) && ts.isPropertyAccessExpression(property.expression)) {
        return [...namesOf(property.expression.expression, file)];
      }
      throw new Error(`${file}: ${property.getText()} is not read here`);
    }),
  );
}

/** Whether no method in the chain (`z.string().min(1).default("x")`) lets it be left out; names are looked up. */
function isRequired(value: ts.Expression, file: string): boolean {
  if (ts.isCallExpression(value)) return isRequired(value.expression, file);
  if (ts.isPropertyAccessExpression(value)) {
    return !LETS_OUT.has(value.name.text) && isRequired(value.expression, file);
  }
  if (!ts.isIdentifier(value) || value.text === "z") return true;
  const found = declarationOf(value.text, file);
  return isRequired(found.value, found.file);
}

/** The expression that a name stands for, in this file or in the file of ours that it comes from. */
function declarationOf(name: string, file: string): { value: ts.Expression; file: string } {
  for (const statement of parseSource(file).statements) {
    if (ts.isVariableStatement(statement)) {
      const found = statement.declarationList.declarations.find(({ name: own }) => own.getText() === name);
      if (found?.initializer !== undefined) return { value: found.initializer, file };
    }
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
    const bindings = statement.importClause?.namedBindings;
    if (bindings === undefined || !ts.isNamedImports(bindings)) continue;
    const found = bindings.elements.find((element) => element.name.text === name);
    const from = fileOf(statement.moduleSpecifier.text, file);
    if (found !== undefined && from !== undefined)
      return declarationOf((found.propertyName ?? found.name).text, from);
  }
  throw new Error(`${file}: ${name} is not declared here`);
}
