/** What the engine says when it may not do what a program asks for, in the words of the real one. */

export const refusals = {
  delete: (urn: string): string =>
    `resource "${urn}" cannot be deleted\nbecause it is protected. To unprotect the resource, either remove the \`protect\` flag from the resource in your Pulumi program and run \`pulumi up\`, or use the command:\n\`pulumi state unprotect '${urn}'\``,
  replace: (urn: string): string =>
    `unable to replace resource "${urn}"\nas it is currently marked for protection. To unprotect the resource, remove the \`protect\` flag from the resource in your Pulumi program and run \`pulumi up\``,
  imported: (keys: readonly string[]): string =>
    `previously-imported resources that still specify an ID may not be replaced; please remove the \`import\` declaration from your program;\n${keys.join('\n')}`,
};
