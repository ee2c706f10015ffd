// For an engine that runs the image's HEALTHCHECK; ECS does not, its load balancer asks by itself.
const { PORT, PROTOCOL = 'http', HEALTH_PATH } = process.env;
const { get } = await import(`node:${PROTOCOL}`);
// The task's certificate is nobody's but its own.
get({ host: '127.0.0.1', port: PORT, path: HEALTH_PATH, rejectUnauthorized: false, timeout: 2_500 }, (answer) =>
  process.exit(answer.statusCode === 200 ? 0 : 1),
)
  .on('timeout', () => process.exit(1))
  .on('error', () => process.exit(1));
