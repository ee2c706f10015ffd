// One JSON object per line on stdout, which is what CloudWatch Logs Insights reads without a parse.
export const log = (level, message, fields = {}) =>
  process.stdout.write(
    `${JSON.stringify({ time: new Date().toISOString(), level, service: 'backend', message, ...fields })}\n`,
  );

/** What may be logged of an error: never its properties, which hold connection parameters. */
export const describeError = (error) => ({ error: error.name, code: error.code, detail: error.message });
