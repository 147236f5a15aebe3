// The page: starts a run, draws its events as bars, and shows the meters and live groups beside it.
// No library: a bar is two boxes in a list.

const $ = id => document.getElementById(id);
const ENDED = new Set(['succeeded', 'failed', 'cancelled', 'skipped']);
const SIGNS = {succeeded: '✓', failed: '✗', cancelled: '■', skipped: '–'};
/** Of each scenario: its group, and numbers that show what it is about. */
const SCENARIOS = {
  storefront: {group: 'quote', tasks: 24, failAt: 9, deadline: '', limit: 6},
  fetcher: {group: 'fetch', tasks: 24, failAt: 9, deadline: '', limit: 6},
  race: {group: 'mirrors', tasks: 12, failAt: 3, deadline: '', limit: 12},
  settle: {group: 'product-page', tasks: 16, failAt: 2, deadline: 1000, limit: 16},
  tools: {group: 'ai-tools', tasks: 4, failAt: 2, deadline: '', limit: 4},
  cluster: {group: 'prices', tasks: 60, failAt: '', deadline: '', limit: 20},
  importer: {group: 'import', tasks: 24, failAt: 9, deadline: '', limit: 6},
};
/** What stands beside the line: the failure that came first, or what cancelled the group. */
const MARKS = {enough: 'first success', timeout: 'deadline'};

/** The run on show; null before the first. */
let run = null;
/** The limit that the user chose last; the slider may hold less while there are fewer tasks. */
let chosenLimit = Number($('limit').value);
/** How often the user has changed the limit, and how many of these changes the server has answered. */
let changes = 0;
let answered = 0;
let retuning = Promise.resolve();

// ---------------------------------------------------------------- the form

const scenario = () => document.querySelector('input[name=scenario]:checked').value;
const numberOrNull = id => $(id).value === '' ? null : Number($(id).value);

function tuneForm() {
  const importer = scenario() === 'importer';
  $('tasks-label').textContent = importer ? 'Thousands of rows' : 'Tasks';
  $('failAt-label').textContent = importer ? 'Thousand with a bad row' : 'Task that fails';
  const tasks = Number($('tasks').value) || 1;
  $('failAt').max = tasks;
  // The three stages of an import wait for each other, so all must run: there is no limit to choose.
  $('limit-field').hidden = importer;
  $('cancelOnError-field').hidden = !choosesCancelOnError();
  $('limit').max = Math.max(tasks, 2);
  showLimit(chosenLimit);
  $('meters-group').textContent = SCENARIOS[scenario()].group;
}

/** In the first success, in settle and among a model's tools no failure cancels anything. */
const choosesCancelOnError = () => !['race', 'settle', 'tools'].includes(scenario());

function fillForm() {
  const numbers = SCENARIOS[scenario()];
  for (const id of ['tasks', 'failAt', 'deadline']) {
    $(id).value = numbers[id];
  }
  chosenLimit = numbers.limit;
  tuneForm();
}

function showLimit(limit) {
  $('limit').value = limit;
  $('limit-value').value = $('limit').value;
}

/** Shows the limit that the group has, whoever set it. */
function showRealLimit(limit) {
  $('limit').max = Math.max(Number($('limit').max), limit);
  showLimit(limit);
  if (limit < 1) {
    $('limit-value').value = limit < 0 ? 'no limit' : limit;
  }
}

const isRunning = () => run !== null && !run.ended;

for (const radio of document.querySelectorAll('input[name=scenario]')) {
  radio.addEventListener('change', () => { fillForm(); refreshPanels(); });
}
$('tasks').addEventListener('input', tuneForm);
$('limit').addEventListener('input', () => {
  chosenLimit = Number($('limit').value);
  $('limit-value').value = $('limit').value;
});
$('limit').addEventListener('change', () => {
  if (isRunning()) {
    const url = `runs/${run.id}`;
    changes++;
    // One after the other: of two at once, the first could arrive last.
    retuning = retuning.then(() => send('PATCH', url, {limit: chosenLimit})).catch(showError).then(() => { answered++; });
  }
});
$('form').addEventListener('submit', event => {
  event.preventDefault();
  start().catch(showError);
});
$('cancel').addEventListener('click', () => {
  if (run) {
    send('DELETE', `runs/${run.id}`).catch(showError);
  }
});

async function send(method, url, body) {
  showError(null);
  const response = await fetch(url, {
    method,
    headers: body ? {'Content-Type': 'application/json'} : {},
    body: body ? JSON.stringify(body) : undefined,
  }).catch(() => { throw new Error('The server cannot be reached.'); });
  const answer = await response.json();
  if (!response.ok) {
    throw new Error(answer.detail ?? `The server answered ${response.status}.`);
  }
  return answer;
}

/** Shows an error until the user does something else; null shows none. */
function showError(error) {
  $('error').textContent = error?.message ?? '';
}

// ---------------------------------------------------------------- a run

async function start() {
  if (isRunning() && !run.lost) {
    return;
  }
  const plan = {
    scenario: scenario(),
    tasks: numberOrNull('tasks'),
    limit: scenario() === 'importer' ? null : Math.min(chosenLimit, Number($('limit').max)),
    failAt: numberOrNull('failAt'),
    deadlineMs: numberOrNull('deadline'),
    cancelOnError: choosesCancelOnError() ? $('cancelOnError').checked : null,
  };
  const started = await send('POST', 'runs', plan);
  run?.forget();
  $('bars').replaceChildren();
  $('marker').hidden = true;
  run = {id: started.id, scenario: plan.scenario, tasks: [], told: [], began: performance.now(), at: 0, rows: null,
    firstFailure: null, firstSuccess: null, cancelledAt: null, reason: null, latency: null, outcome: null, ended: false, lost: false};
  $('run').disabled = true;
  $('cancel').disabled = false;
  listen(run);
  draw(run);
  refreshPanels();
}

function listen(mine) {
  const source = new EventSource(`runs/${mine.id}/events`);
  const on = (type, handle) => source.addEventListener(type, message => {
    const event = JSON.parse(message.data);
    // The server's clock counts; ours only moves the bars between two events.
    mine.at = Math.max(mine.at, event.at);
    mine.began = Math.min(mine.began, performance.now() - event.at);
    handle(event);
  });
  on('task', event => taskEvent(mine, event));
  on('limit', event => {
    if (changes === answered) {
      showRealLimit(event.limit);
    }
  });
  on('cancel', event => {
    mine.cancelledAt = event.at;
    mine.reason = event.reason;
  });
  on('told', event => mine.told.push(`${event.tool}: ${event.response}`));
  on('cancelled', event => { mine.latency = event.millis; });
  on('end', event => {
    mine.outcome = event.state.replace('_', ' ');
    mine.at = event.at;
    end(mine, source);
  });
  source.addEventListener('open', () => {
    mine.lost = false;
    $('run').disabled = true;
  });
  source.addEventListener('error', () => {
    // CONNECTING: the browser tries again, and the server resumes where the connection broke. CLOSED: the server has
    // answered that it does not know the run, since it was restarted.
    mine.lost = true;
    if (source.readyState === EventSource.CLOSED) {
      end(mine, source);
    } else {
      $('run').disabled = false;
    }
  });
  mine.forget = () => source.close();
}

function end(mine, source) {
  source.close();
  mine.ended = true;
  $('run').disabled = false;
  $('cancel').disabled = true;
  refreshPanels();
}

function taskEvent(mine, event) {
  let task = mine.tasks[event.task];
  if (!task) {
    task = mine.tasks[event.task] = {name: event.name, waitedFrom: event.at, from: null, to: null, row: addRow(event.name)};
  }
  task.state = event.state;
  task.row.dataset.state = event.state;
  if (event.state === 'running') {
    task.from = event.at;
  } else if (ENDED.has(event.state)) {
    task.to = event.at;
    if (event.failure) {
      task.row.title = event.failure;
    }
    if (event.state === 'succeeded') {
      mine.firstSuccess ??= {at: event.at, name: event.name};
    }
    if (event.state === 'failed' && mine.firstFailure === null) {
      mine.firstFailure = {at: event.at, name: event.name, failure: event.failure};
    }
  }
}

function addRow(name) {
  const row = document.createElement('li');
  row.innerHTML = '<span class="name"></span>'
    + '<span class="track"><span class="wait"></span><span class="bar"></span><span class="sign" aria-hidden="true"></span></span>'
    + '<span class="visually-hidden"></span>';
  row.querySelector('.name').textContent = name;
  row.querySelector('.name').title = name;
  $('bars').append(row);
  return row;
}

// ---------------------------------------------------------------- drawing

function draw(mine) {
  if (mine !== run) {
    return;
  }
  const now = run.ended || run.lost ? run.at : Math.max(run.at, performance.now() - run.began);
  const span = Math.max(500, now) * 1.06;
  const percent = at => `${Math.min(100, at / span * 100)}%`;
  for (const task of run.tasks) {
    if (task) {
      drawTask(task, now, percent);
    }
  }
  drawAxis(span, percent);
  drawMarker(span);
  $('status').textContent = statusText(now);
  if (!run.ended) {
    requestAnimationFrame(() => draw(mine));
  }
}

function drawTask(task, now, percent) {
  const [wait, bar, sign] = task.row.querySelector('.track').children;
  const begun = task.from ?? task.to ?? now;
  wait.style.left = percent(task.waitedFrom);
  wait.style.width = `calc(${percent(begun)} - ${percent(task.waitedFrom)})`;
  const to = task.to ?? now;
  bar.hidden = task.state === 'waiting';
  bar.style.left = percent(begun);
  bar.style.width = task.from === null ? '3px' : `calc(${percent(to)} - ${percent(begun)})`;
  sign.style.left = percent(to);
  sign.textContent = SIGNS[task.state] ?? '';
  const words = task.from !== null && task.to !== null
    ? `${task.state} after ${Math.round(task.to - task.from)} milliseconds` : task.state;
  const spoken = task.row.lastElementChild;
  if (spoken.textContent !== words) {
    spoken.textContent = words;
  }
}

function drawAxis(span, percent) {
  const axis = $('axis');
  const most = Math.max(2, axis.clientWidth / 75);
  const step = [100, 200, 500, 1000, 2000, 5000, 10000, 20000].find(candidate => span / candidate <= most) ?? 60000;
  const ticks = Math.floor(span / step) + 1;
  while (axis.children.length > ticks) {
    axis.lastChild.remove();
  }
  while (axis.children.length < ticks) {
    axis.append(document.createElement('span'));
  }
  for (let i = 0; i < ticks; i++) {
    axis.children[i].style.left = percent(i * step);
    const label = step < 1000 ? `${i * step} ms` : `${i * step / 1000} s`;
    axis.children[i].textContent = i * step > span * 0.95 ? '' : label; // no room for it
  }
}

function drawMarker(span) {
  // A failure that cancelled nothing, as in a race, gives way to what did.
  const failure = run.reason === null || run.reason === 'failure' ? run.firstFailure : null;
  const success = run.reason === 'enough' ? run.firstSuccess : null;
  const at = failure?.at ?? success?.at ?? run.cancelledAt;
  if (at === null || at === undefined || run.tasks.length === 0) {
    return;
  }
  const marker = $('marker');
  const track = $('bars').querySelector('.track');
  marker.hidden = false;
  marker.dataset.reason = failure ? 'failure' : run.reason;
  marker.style.left = `${track.offsetLeft + at / span * track.clientWidth}px`;
  marker.style.height = `${$('bars').offsetHeight}px`;
  marker.classList.toggle('left', at / span > 0.55);
  marker.firstElementChild.textContent =
    `${failure ? 'first failure' : MARKS[run.reason] ?? `cancelled: ${run.reason}`}, ${Math.round(at)} ms`;
}

function headline() {
  if (run.lost) {
    return run.ended ? 'Connection lost: the server does not know this run any more; last seen at'
      : 'Connection lost, trying again; last seen at';
  }
  if (run.ended && run.scenario === 'settle') {
    const taken = run.tasks.filter(task => task.state === 'succeeded').length;
    return `Ended: settled with ${taken} of ${run.tasks.length}`;
  }
  return run.ended ? `Ended: ${run.outcome}` : 'Running';
}

function statusText(now) {
  const counts = {};
  for (const task of run.tasks) {
    counts[task.state] = (counts[task.state] ?? 0) + 1;
  }
  const parts = ['waiting', 'running', 'succeeded', 'failed', 'cancelled', 'skipped']
    .filter(state => counts[state]).map(state => `${counts[state]} ${state}`);
  let text = `${headline()}, ${Math.round(now)} ms. ${parts.join(', ')}.`;
  if (run.scenario === 'race' && run.firstSuccess) {
    text += ` First success: ${run.firstSuccess.name} at ${Math.round(run.firstSuccess.at)} ms.`;
  }
  if (run.firstFailure) {
    text += ` First failure: ${run.firstFailure.name} at ${Math.round(run.firstFailure.at)} ms: ${run.firstFailure.failure}.`;
  }
  if (run.told.length > 0) {
    text += ` The model is told of ${run.told.join('; ')}.`;
  }
  if (run.reason) {
    text += run.reason === 'enough' ? ' The first success cancelled the rest' : ` Cancelled by ${run.reason}`;
    text += run.latency === null ? '.' : `; the last task ended ${run.latency.toFixed(1)} ms later.`;
  }
  if (run.rows) {
    const [read, checked, saved] = run.rows.map(rows => rows.toLocaleString('en'));
    const undone = run.ended && run.outcome !== 'succeeded' ? ' and rolled back' : '';
    text += ` Rows: ${read} read, ${checked} checked, ${saved} saved${undone}.`;
  }
  return text;
}

// ---------------------------------------------------------------- meters and live groups

const METERS = [
  ['errgroup.task', 'outcome:success', 'COUNT', 'tasks succeeded'],
  ['errgroup.task', 'outcome:failure', 'COUNT', 'tasks failed'],
  ['errgroup.task', 'outcome:cancelled', 'COUNT', 'tasks cancelled'],
  ['errgroup.task.skipped', null, 'COUNT', 'tasks skipped'],
  ['errgroup.task.active', null, 'VALUE', 'tasks running now'],
  ['errgroup.task.stragglers', null, 'VALUE', 'stragglers now'],
  ['errgroup.cancellations', null, 'COUNT', 'groups cancelled'],
  ['errgroup.cancellation.latency', null, 'MAX', 'longest cancellation'],
  ['errgroup.limit.wait', null, 'MAX', 'longest wait for a slot'],
];
let refreshing = false;
let refreshAgain = false;

/** One refresh at a time. If another one is asked for meanwhile, it follows: so the last one shows what is true at the end. */
async function refreshPanels() {
  refreshAgain = refreshing;
  if (refreshing) {
    return;
  }
  refreshing = true;
  try {
    const {group} = SCENARIOS[isRunning() ? run.scenario : scenario()];
    const [values, report, mine] = await Promise.all([
      Promise.all(METERS.map(meter => meterValue(group, meter))),
      get(`actuator/errgroups/${group}`),
      run && !run.lost ? get(`runs/${run.id}`) : null,
    ]);
    showMeters(values);
    showTree(report);
    if (mine && mine.id === run.id) {
      if (run.scenario === 'importer') {
        run.rows = mine.rows;
      } else if (isRunning() && changes === answered) {
        showRealLimit(mine.limit);
      }
      if (run.ended) {
        $('status').textContent = statusText(run.at);
      }
    }
  } finally {
    refreshing = false;
  }
  if (refreshAgain) {
    refreshPanels();
  }
}

async function get(url) {
  try {
    const response = await fetch(url, {headers: {Accept: 'application/json'}});
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

async function meterValue(group, [name, tag, statistic]) {
  const answer = await get(`actuator/metrics/${name}?tag=group:${group}${tag ? `&tag=${tag}` : ''}`);
  const found = answer?.measurements.find(measurement => measurement.statistic === statistic);
  if (!found) {
    return '–';
  }
  return statistic === 'MAX' ? `${(found.value * 1000).toFixed(1)} ms` : found.value.toLocaleString('en');
}

function showMeters(values) {
  const rows = METERS.map(([name, tag, , words], i) => {
    const row = document.createElement('tr');
    const cell = document.createElement('td');
    cell.textContent = words;
    cell.title = tag ? `${name} ${tag}` : name;
    const value = document.createElement('td');
    value.textContent = values[i];
    row.append(cell, value);
    return row;
  });
  $('meters').replaceChildren(...rows);
}

function showTree(report) {
  const tree = $('tree');
  if (!report || report.live.length === 0) {
    const note = document.createElement('p');
    note.className = 'note';
    note.textContent = report ? 'No group of this name is open.' : 'The endpoint does not answer, or is not exposed.';
    tree.replaceChildren(note);
    return;
  }
  tree.replaceChildren(groupList(report.live));
}

function groupList(groups) {
  const list = document.createElement('ul');
  for (const group of groups) {
    const item = document.createElement('li');
    const limit = group.limit < 0 ? 'no limit' : `limit ${group.limit}`;
    item.append(`${group.name}: ${group.phase.toLowerCase()}, ${limit}, ${group.counts.pending} unfinished`);
    const tasks = document.createElement('ul');
    for (const task of group.tasks.slice(0, 20)) {
      const line = document.createElement('li');
      line.append(`${task.name}: ${task.state.toLowerCase()}${task.age ? ` for ${seconds(task.age)}` : ''}`);
      if (task.at) {
        const where = document.createElement('small');
        where.textContent = ` at ${task.at}`;
        line.append(where);
      }
      tasks.append(line);
    }
    item.append(tasks);
    if (group.groups?.length) {
      item.append(groupList(group.groups));
    }
    list.append(item);
  }
  return list;
}

/** A short form of an ISO duration such as PT1.234S. */
function seconds(iso) {
  const match = /^PT(?:(\d+)M)?(?:([\d.]+)S)?$/.exec(iso);
  return match ? `${(Number(match[1] ?? 0) * 60 + Number(match[2] ?? 0)).toFixed(2)} s` : iso;
}

// ---------------------------------------------------------------- the shares of all instances, in the profile "cluster"

async function showCluster() {
  const known = await get('actuator/errgroups');
  if (known?.names?.prices?.settings['cluster-limit'] === undefined) {
    return; // without the profile
  }
  $('cluster-scenario').hidden = false;
  $('shares-panel').hidden = false;
  for (;;) {
    showShares(await get('cluster') ?? []);
    await new Promise(resolve => { setTimeout(resolve, 500); });
  }
}

function showShares(shares) {
  const mine = shares.find(share => share.instance === location.origin);
  const told = shares.filter(share => share.share !== null);
  $('shares').replaceChildren(...shares.map(({instance, share, leaseAge}) => {
    const row = document.createElement('tr');
    const renewed = leaseAge === null ? 'no lease' : `${seconds(leaseAge)} ago`;
    for (const text of [instance === location.origin ? `${instance} (this one)` : instance,
      share === null ? 'does not answer' : renewed, share ?? '–']) {
      const cell = document.createElement('td');
      cell.textContent = text;
      row.append(cell);
    }
    return row;
  }));
  $('cluster-limit').value = (mine ?? told[0])?.limit ?? '–';
  $('shares-sum').textContent = told.reduce((sum, {share}) => sum + share, 0);
}

setInterval(() => {
  if (isRunning() && !run.lost) {
    refreshPanels();
  }
}, 500);
tuneForm();
refreshPanels();
showCluster();
