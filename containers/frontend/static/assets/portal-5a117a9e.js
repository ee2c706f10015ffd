// Says on the start page whether the API answers.
const status = document.getElementById('status');

const say = (state, text) => {
  status.dataset.state = state;
  status.textContent = text;
};

try {
  const response = await fetch('/api/health', { signal: AbortSignal.timeout(5000) });
  const { version } = await response.json();
  if (response.ok) say('good', `All services are available (version ${version}).`);
  else say('bad', 'Some services do not answer at the moment. Please try again in a few minutes.');
} catch {
  say('bad', 'Some services cannot be reached at the moment. Please try again in a few minutes.');
}
