// The daemon's pages: lists, the editor, and runs that go on. Everything that is shown comes in as text, never as markup.
(() => {
  'use strict';

  const find = (selector, from = document) => from.querySelector(selector);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const wait = time => new Promise(resolve => setTimeout(resolve, time));
  const isHidden = () => document.visibilityState === 'hidden';

  function element(name, properties = {}, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children.filter(child => child !== null && child !== undefined));
    return made;
  }

  let hiding;
  function say(words) {
    const toast = find('#toast');
    toast.textContent = words;
    toast.hidden = false;
    clearTimeout(hiding);
    hiding = setTimeout(() => { toast.hidden = true; }, 8000);
  }

  function confirmed(question) {
    const dialog = find('#confirm');
    find('#confirm-question').textContent = question;
    dialog.returnValue = 'no';
    dialog.showModal();
    return new Promise(resolve => dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true }));
  }

  // Asks the daemon. Answers { ok, status, body }; a daemon that does not answer is a status of 0.
  async function ask(method, path, text) {
    try {
      const response = await fetch(path, { method, body: text, headers: text === undefined ? {} : { 'Content-Type': 'text/plain; charset=utf-8' } });
      if (response.status === 401) {
        location.assign('/login?to=' + encodeURIComponent(location.pathname + location.search));
      }
      const isJson = /json/.test(response.headers.get('Content-Type') || '');
      return { ok: response.ok, status: response.status, body: isJson ? await response.json() : null };
    } catch {
      return { ok: false, status: 0, body: null };
    }
  }

  const trouble = answer => answer.status === 0 ? 'The daemon does not answer.'
    : (answer.body && (answer.body.detail || answer.body.title)) || 'The daemon answered with status ' + answer.status + '.';

  async function page() {
    const response = await fetch(location.href, { headers: { Accept: 'text/html' } });
    if (!response.ok || response.redirected) {
      throw new Error('status ' + response.status);
    }
    return new DOMParser().parseFromString(await response.text(), 'text/html');
  }

  // --- stop and delete ---------------------------------------------------------------------------------------------------------------

  async function stop(button) {
    const id = button.dataset.run;
    if (await confirmed('Stop run ' + id + '? Its open connections are closed, and its result so far is written.')) {
      const answer = await ask('DELETE', '/runs/' + id);
      if (answer.ok) {
        button.disabled = true;
        button.textContent = 'Stopping';
      } else {
        say(trouble(answer));
      }
    }
  }

  async function remove(button) {
    const id = button.dataset.run;
    if (await confirmed('Delete run ' + id + ' and all its files?')) {
      const answer = await ask('DELETE', '/runs/' + id + '/results');
      if (answer.ok) {
        location.assign(button.dataset.then || location.href);
      } else {
        say(trouble(answer));
      }
    }
  }

  // --- the list ------------------------------------------------------------------------------------------------------------------------

  function list() {
    const ticked = () => all('input[name="run"]:checked');
    const show = () => {
      const count = ticked().length;
      const button = find('[data-do="compare"]');
      if (button) {
        button.disabled = count !== 2;
        find('[data-ticked]').textContent = count === 2 ? 'Two runs are ticked: the lower one is the base.' : count === 1 ? 'Tick one more run.'
          : count === 0 ? 'Tick two runs to compare them.' : 'Tick two runs only.';
      }
    };
    const follow = async () => {
      while (find('[data-runs]').dataset.moves) {
        await wait(3000);
        if (!isHidden() && !find('#confirm').open) {
          try {
            const fresh = find('[data-runs]', await page());
            const kept = new Set(ticked().map(box => box.value));
            const focus = document.activeElement && document.activeElement.closest('[data-run], input[name="run"]');
            const key = focus && (focus.dataset.run ? '[data-run="' + focus.dataset.run + '"]' : 'input[value="' + focus.value + '"]');
            find('[data-runs]').replaceWith(fresh);
            all('input[name="run"]').forEach(box => { box.checked = kept.has(box.value); });
            if (key && find(key)) {
              find(key).focus();
            }
            show();
          } catch {
            // The daemon is away: the list stays as it is until it is back.
          }
        }
      }
    };
    document.addEventListener('change', show);
    show();
    follow();
  }

  // --- the editor ----------------------------------------------------------------------------------------------------------------------

  function editor() {
    const text = find('#text');
    const gutter = find('[data-gutter]');
    const state = find('[data-state]');
    const errors = find('[data-errors]');
    const doctor = find('[data-doctor]');
    const original = text.value;
    let wrong = new Set();
    let asked = 0;
    let timer;
    let mayStart = false; // the doctor's warnings for this text were shown

    const number = () => {
      const lines = text.value.split('\n').length;
      gutter.replaceChildren(...Array.from({ length: lines }, (_, index) =>
        wrong.has(index + 1) ? element('b', { textContent: String(index + 1) }) : String(index + 1)).flatMap(line => [line, '\n']));
      gutter.scrollTop = text.scrollTop;
    };

    const toLine = line => {
      const start = text.value.split('\n').slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
      const end = text.value.indexOf('\n', start);
      text.focus();
      text.setSelectionRange(start, end < 0 ? text.value.length : end);
      text.scrollTop = Math.max(0, (line - 5) * 19.5);
    };

    const showErrors = (list, more) => {
      wrong = new Set(list.filter(error => error.line && error.source === 'request').map(error => error.line));
      errors.replaceChildren(...list.map(error => element('li', {},
        error.line && error.source === 'request' ? element('button', { type: 'button', textContent: 'line ' + error.line, onclick: () => toLine(error.line) }) : null,
        error.key ? element('code', { textContent: error.key }) : null, (error.key ? ': ' : '') + error.problem,
        error.allowed ? element('span', { className: 'muted', textContent: '; ' + error.allowed }) : null)));
      if (more) {
        errors.append(element('li', { textContent: more + ' more' }));
      }
      number();
    };

    const showState = (words, look) => {
      state.textContent = words;
      state.className = 'state' + (look ? ' ' + look : '');
    };

    // What the answer to a run file says is wrong with it; true if it is of use.
    const judge = answer => {
      const list = answer.body && answer.body.errors;
      if (list && list.length) {
        showErrors(list, answer.body.more);
        showState(list.length + (answer.body.more || 0) === 1 ? 'One error.' : list.length + (answer.body.more || 0) + ' errors.', 'is-bad');
        return false;
      }
      showErrors([], 0);
      showState(answer.ok ? '' : trouble(answer), answer.ok ? '' : 'is-bad');
      return answer.ok;
    };

    const check = async () => {
      const mine = ++asked;
      const answer = await ask('POST', '/runs/check', text.value);
      if (mine === asked && judge(answer)) {
        showState('Correct: ' + answer.body.storm + '.', 'is-good');
      }
    };

    const examine = async () => {
      doctor.replaceChildren(element('p', { className: 'muted', textContent: 'The doctor looks at this machine and the target.' }));
      const answer = await ask('POST', '/runs/doctor', text.value);
      doctor.replaceChildren();
      if (!judge(answer)) {
        return null;
      }
      const troubles = answer.body.checks.filter(each => each.state === 'fail' || each.state === 'warn');
      const order = ['fail', 'warn'];
      troubles.sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
      const words = answer.body.state === 'fail' ? 'The doctor says: this run would lose connections.'
        : answer.body.state === 'warn' ? 'The doctor says: ready, but the numbers may suffer.' : 'The doctor says: ready.';
      doctor.append(element('p', {}, element('strong', { textContent: words })), element('ul', {}, ...troubles.map(each =>
        element('li', { className: each.state }, element('strong', { textContent: each.subject + ': ' }), each.sentence + '.',
          ...each.remedies.map(remedy => element('code', { textContent: remedy.command }))))));
      return answer.body;
    };

    const start = async button => {
      button.disabled = true;
      try {
        const report = mayStart ? null : await examine();
        if (!mayStart && report === null) {
          return;
        }
        if (report && report.state === 'fail') {
          mayStart = true;
          button.textContent = 'Start anyway';
          return;
        }
        const answer = await ask('POST', '/runs', text.value);
        if (judge(answer)) {
          removeEventListener('beforeunload', unsaved);
          location.assign('/view/' + answer.body.id);
        }
      } finally {
        button.disabled = false;
      }
    };

    const unsaved = event => text.value !== original && event.preventDefault();
    text.addEventListener('scroll', () => { gutter.scrollTop = text.scrollTop; });
    text.addEventListener('input', () => {
      mayStart = false;
      find('[data-do="start"]').textContent = 'Start';
      doctor.replaceChildren();
      number();
      clearTimeout(timer);
      timer = setTimeout(check, 300);
    });
    find('[data-do="start"]').addEventListener('click', event => start(event.currentTarget));
    find('[data-do="doctor"]').addEventListener('click', examine);
    find('#from').addEventListener('change', async event => {
      if (text.value === original || await confirmed('Replace what you wrote?')) {
        removeEventListener('beforeunload', unsaved);
        event.target.form.submit();
      }
    });
    addEventListener('beforeunload', unsaved);
    number();
    check();
  }

  // --- a run that goes on ----------------------------------------------------------------------------------------------------------------

  function watch(place) {
    const charts = window.ActorLoadCharts;
    const note = find('[data-note]');
    let last = Number(place.dataset.after);
    let source = null;
    let waiting = [];
    let recent = []; // what came since the page was last made anew
    let isDrawn = true;

    const follow = () => {
      source = new EventSource('/runs/' + place.dataset.run + '/events?after=' + last);
      source.onopen = () => { note.textContent = 'Live: this page grows with the run.'; };
      source.onmessage = event => {
        last = Number(event.lastEventId);
        waiting.push(event.data);
        if (isDrawn) {
          isDrawn = false;
          setTimeout(draw, 250);
        }
      };
      source.addEventListener('end', () => {
        source.close();
        location.reload();
      });
      source.onerror = () => {
        if (source.readyState === EventSource.CLOSED) {
          note.textContent = 'The daemon does not send this stream. Load the page again.';
        } else {
          note.textContent = 'The daemon is away. This page goes on when it is back.';
        }
      };
    };

    // Many lines at once, as after a pause, are taken in pieces, so that the page answers meanwhile.
    const draw = async () => {
      while (waiting.length) {
        const piece = waiting.splice(0, 1000).map(line => JSON.parse(line));
        const newest = piece[piece.length - 1];
        recent = recent.concat(piece).slice(-200);
        if (!charts) {
          location.reload(); // it was waiting, and has begun
          return;
        }
        charts.append(piece);
        place.dataset.after = String(last - waiting.length);
        for (const live of all('[data-live]')) {
          live.textContent = shown(live.dataset.live, newest);
        }
        await wait(0);
      }
      isDrawn = true;
    };

    const shown = (path, snapshot) => {
      const counts = snapshot.connections;
      const judged = counts.succeeded + counts.failed + counts.dropped;
      if (path === 'share') {
        return judged ? (100 * counts.succeeded / judged).toLocaleString('en', { maximumFractionDigits: 2 }) + ' %' : '-';
      }
      if (path === 'judged') {
        return judged.toLocaleString('en');
      }
      const value = path.split('/').reduce((each, key) => each === undefined || each === null ? undefined : each[key], snapshot);
      return typeof value === 'number' ? (Number.isInteger(value) ? value : Math.round(value * 10) / 10).toLocaleString('en') : '';
    };

    // Findings and tables are made by the daemon: seldom, because that reads the whole run.
    const renew = async () => {
      while (source) {
        await wait(60000);
        if (!isHidden() && charts) {
          try {
            const fresh = await page();
            for (const section of all('main section[id], .strip')) {
              const key = section.id ? '#' + CSS.escape(section.id) : '.strip';
              const other = find(key, fresh);
              if (other && !find('[data-chart]', section)) {
                section.replaceWith(other);
              }
            }
            charts.show(JSON.parse(find('#chart-data', fresh).textContent));
            charts.append(recent);
          } catch {
            // The daemon is away; the note says so.
          }
        }
      }
    };

    // A browser opens few connections to one machine: a page that nobody sees gives its own back.
    document.addEventListener('visibilitychange', () => {
      if (isHidden()) {
        source.close();
      } else if (source.readyState === EventSource.CLOSED) {
        follow();
      }
    });
    follow();
    renew();
  }

  document.addEventListener('click', event => {
    const button = event.target.closest('button');
    if (button && button.dataset.do === 'stop') {
      stop(button);
    } else if (button && button.dataset.do === 'delete') {
      remove(button);
    }
  });
  if (find('[data-runs]')) {
    list();
  }
  if (find('#text')) {
    editor();
  }
  if (find('[data-run][data-after]')) {
    watch(find('[data-run][data-after]'));
  }
})();
