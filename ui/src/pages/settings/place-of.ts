// Where a template is wrong: the server's words name line and column.
export function placeOf(message: string): { line: number; column: number } | undefined {
  const found = message.match(/line (\d+), column (\d+)/);
  return found ? { line: Number(found[1]), column: Number(found[2]) } : undefined;
}
