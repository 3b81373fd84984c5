// Draws the charts of a report or of the daemon's page from one JSON document: see Reports/Charts/Chart.cs for its members.
// It makes no inline style and no inline handler, so it works where the Content-Security-Policy allows neither.
// A page that grows calls ActorLoadCharts.show(document) at first and at each renewal, and append(snapshots) with lines of samples.jsonl as objects.
(() => {
  'use strict';

  const fewPoints = 60; // of a line that shows each of them
  const mostPoints = 2000; // of a chart that grows; then neighbours are thinned so that peaks survive
  const charts = new Map();
  let last = 0; // seconds of the last sample
  let isBusy = false; // a zoom is being copied to the other charts

  // A chart may hold several groups of traces, of which one is shown: p50, p99 or max.
  const chosen = state => state.chart.traces.filter(trace => !trace.group || trace.group === state.choice);

  const colour = name => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim() || '#888';

  // Plotly reads a few tags in its texts; names of fleets and words of servers are no markup.
  const plain = text => String(text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

  const isTime = chart => chart.x.unit === 'seconds';

  const number = value => value === null || value === undefined ? '' :
    Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en') : String(+value.toPrecision(4));

  const format = { seconds: '.4~f', ms: ',.4~r', perSecond: ',.4~r', count: ',.4~r', percent: '.4~r', percentile: '' };

  // --- what Plotly draws ---------------------------------------------------------------------------------------------------------------

  function traceOf(chart, trace) {
    const ink = colour(trace.colour);
    const x = trace.x || chart.at;
    const shape = chart.steps && x.length <= 400 ? 'vh' : 'linear';
    const hover = plain(trace.name) + ' %{y:' + (format[chart.y.unit] || '') + '}' + plain(chart.y.suffix || '');
    const drawn = {
      name: plain(trace.name), x, y: trace.y, type: 'scatter', mode: 'lines', line: { color: ink, width: 1.8, shape, dash: trace.dash || 'solid' },
      hovertemplate: hover + '<extra></extra>', connectgaps: false, visible: trace.live && chart.stacked && !trace.y.some(Boolean) ? false : trace.hidden ? 'legendonly' : true,
    };
    if (trace.kind === 'area') {
      drawn.stackgroup = 'all';
      drawn.line.width = 0.8;
      drawn.fillcolor = ink;
      if (trace.pattern) {
        drawn.fillpattern = { shape: trace.pattern, bgcolor: ink, fgcolor: colour('surface'), size: 6, solidity: 0.25 };
      }
    } else if (trace.kind === 'ticks') {
      Object.assign(drawn, {
        mode: 'markers', yaxis: 'y2', marker: { symbol: 'line-ns', size: 8, line: { width: 1.2, color: ink } }, hoverinfo: 'text',
        text: (trace.text || []).map(plain), hovertemplate: '%{text}<extra></extra>',
      });
    } else if (trace.kind === 'fill') {
      Object.assign(drawn, { fill: 'tozeroy', fillcolor: ink + '40' });
    } else if (trace.kind === 'bars') {
      const text = trace.text || [];
      Object.assign(drawn, {
        type: 'bar', width: trace.widths, marker: { color: ink, opacity: 0.6, line: { width: 0 } }, text: text.map(plain), textposition: 'none',
        hovertemplate: '%{text}<extra></extra>',
      });
      for (const member of ['mode', 'line', 'connectgaps']) {
        delete drawn[member];
      }
    } else if (x.length < fewPoints && isTime(chart) && !chart.steps && !trace.dash) {
      Object.assign(drawn, { mode: 'lines+markers', marker: { color: ink, size: 4 } });
    }
    return drawn;
  }

  function axisOf(axis, isLog) {
    const drawn = {
      title: { text: plain(axis.label), font: { size: 12 }, standoff: 8 }, type: isLog ? 'log' : 'linear', color: colour('muted'),
      gridcolor: colour('grid'), zeroline: false, linecolor: colour('grid'), ticks: '', automargin: true, fixedrange: false,
    };
    if (axis.ticks) {
      Object.assign(drawn, { tickvals: axis.ticks.map(tick => tick.at), ticktext: axis.ticks.map(tick => plain(tick.label)) });
    } else if (isLog) {
      drawn.dtick = 1;
    }
    return drawn;
  }

  function layoutOf(state) {
    const chart = state.chart;
    const hasTicks = chart.traces.some(trace => trace.kind === 'ticks');
    const x = axisOf(chart.x, chart.x.log);
    x.anchor = hasTicks ? 'y2' : 'y';
    const y = axisOf(chart.y, state.isLog);
    if (!state.isLog) {
      y.rangemode = 'tozero';
    }
    if (isTime(chart) && (state.range || last > 0)) {
      x.range = state.range || [0, last];
    }
    const layout = {
      autosize: true, dragmode: 'zoom', hovermode: chart.hover || (isTime(chart) ? 'x unified' : 'closest'), showlegend: chosen(state).length > 1,
      font: { family: getComputedStyle(document.body).fontFamily, size: 12, color: colour('text') },
      legend: { orientation: 'h', x: 0, y: 1.02, yanchor: 'bottom', font: { size: 12 }, itemclick: 'toggle' }, barmode: 'overlay', bargap: 0,
      margin: { l: 56, r: 12, t: 12, b: 44 }, paper_bgcolor: colour('surface'), plot_bgcolor: colour('surface'),       hoverlabel: { bgcolor: colour('surface'), bordercolor: colour('grid'), font: { color: colour('text') } },
      xaxis: x, yaxis: y, uirevision: 'kept',
      shapes: (chart.lines || []).map(line => ({
        type: 'line', xref: 'x', yref: 'paper', x0: line.at || 0, x1: line.at || 0, y0: 0, y1: 1, line: { color: colour(line.colour || 'muted'), width: 1, dash: 'dot' },
      })).concat((chart.bands || []).map(band => ({
        type: 'rect', xref: 'x', yref: 'paper', x0: band.from || 0, x1: band.to || 0, y0: 0, y1: 1, line: { width: 0 }, fillcolor: colour(band.colour), opacity: 0.12, layer: 'below',
      }))),
      annotations: (chart.lines || []).filter(line => line.label).map((line, index) => ({
        x: chart.x.log ? Math.log10(line.at) : line.at || 0, xref: 'x', y: 1 - 0.09 * (line.row || 0), yref: 'paper', yanchor: 'top', xanchor: 'left', text: plain(line.label), showarrow: false,
        bgcolor: colour('surface'), borderpad: 1,
        font: { size: 11, color: colour('muted') },
      })),
    };
    if (hasTicks) {
      layout.yaxis.domain = [0.07, 1];
      layout.yaxis2 = { domain: [0, 0.06], anchor: 'x', visible: false, fixedrange: true, range: [-1, 1] };
    }
    return layout;
  }

  function draw(state) {
    const traces = chosen(state).map(trace => traceOf(state.chart, trace));
    return Plotly.react(state.place, traces, layoutOf(state), { displayModeBar: false, responsive: true, doubleClick: 'reset' });
  }

  function begin(state) {
    draw(state).then(() => {
      state.place.on('plotly_relayout', change => {
        if (isBusy || !isTime(state.chart)) {
          return;
        }
        if (change['xaxis.autorange'] || change['xaxis.range']) {
          zoom(null);
        } else if ('xaxis.range[0]' in change) {
          zoom([change['xaxis.range[0]'], change['xaxis.range[1]']]);
        }
      });
    });
  }

  // --- zoom: all charts over time show the same seconds ----------------------------------------------------------------------------------

  function zoom(range) {
    isBusy = true;
    const done = [];
    for (const state of charts.values()) {
      if (isTime(state.chart)) {
        state.range = range;
        if (state.isDrawn) {
          done.push(Plotly.relayout(state.place, range ? { 'xaxis.range': range } : { 'xaxis.range': [0, last], 'yaxis.autorange': true }));
        }
      }
    }
    for (const note of document.querySelectorAll('[data-zoomed]')) {
      note.hidden = !range;
      const words = note.querySelector('[data-range]');
      if (range && words) {
        words.textContent = number(Math.max(0, range[0])) + ' s to ' + number(range[1]) + ' s';
      }
    }
    Promise.all(done).then(() => { isBusy = false; }, () => { isBusy = false; });
  }

  // --- the table behind a chart ------------------------------------------------------------------------------------------------------------

  function fillTable(state, table) {
    const chart = state.chart;
    const shared = chosen(state).filter(trace => !trace.x);
    const groups = [];
    if (shared.length) {
      groups.push({ x: chart.at, traces: shared });
    }
    for (const trace of chosen(state).filter(each => each.x)) {
      groups.push({ x: trace.x, traces: [trace] });
    }
    table.replaceChildren();
    for (const group of groups) {
      const body = document.createElement('tbody');
      const head = body.insertRow();
      for (const [index, name] of [chart.x.label, ...group.traces.map(trace => trace.name)].entries()) {
        const cell = document.createElement('th');
        cell.scope = 'col';
        cell.textContent = name;
        cell.className = index ? 'number' : '';
        head.appendChild(cell);
      }
      group.x.forEach((x, index) => {
        const row = body.insertRow();
        const first = document.createElement('th');
        first.scope = 'row';
        first.textContent = typeof x === 'number' ? number(x) : x;
        row.appendChild(first);
        for (const trace of group.traces) {
          const cell = row.insertCell();
          cell.className = 'number';
          cell.textContent = trace.text ? trace.text[index] : number(trace.y[index]);
        }
      });
      table.appendChild(body);
    }
  }

  // --- data --------------------------------------------------------------------------------------------------------------------------------

  function show(data) {
    last = data.at || last;
    for (const chart of data.charts) {
      const figure = document.querySelector('[data-chart="' + CSS.escape(chart.id) + '"]');
      const known = charts.get(chart.id);
      if (!figure) {
        continue;
      }
      if (known) {
        known.chart = chart;
        if (known.isDrawn) {
          draw(known);
        }
        continue;
      }
      const state = { chart, figure, place: figure.querySelector('[data-place]'), isLog: Boolean(chart.y.log), choice: chart.choice, isDrawn: false, range: null };
      charts.set(chart.id, state);
      connect(state);
    }
  }

  const seen = 'IntersectionObserver' in window ? new IntersectionObserver(entries => {
    for (const entry of entries.filter(each => each.isIntersecting)) {
      const state = [...charts.values()].find(each => each.place === entry.target);
      seen.unobserve(entry.target);
      if (state && !state.isDrawn) {
        state.isDrawn = true;
        begin(state);
      }
    }
  }, { rootMargin: '600px' }) : null;

  function connect(state) {
    const on = (name, action) => {
      for (const button of state.figure.querySelectorAll('[data-do="' + name + '"]')) {
        button.hidden = false;
        button.addEventListener('click', () => action(button));
      }
    };
    on('log', button => {
      state.isLog = !state.isLog;
      button.setAttribute('aria-pressed', String(state.isLog));
      draw(state);
    });
    on('choose', button => {
      state.choice = button.dataset.choice;
      for (const other of state.figure.querySelectorAll('[data-do="choose"]')) {
        other.setAttribute('aria-pressed', String(other === button));
      }
      draw(state);
      const open = state.figure.querySelector('details[open] [data-table]');
      if (open) {
        fillTable(state, open);
      }
    });
    on('whole', () => isTime(state.chart) ? zoom(null) : Plotly.relayout(state.place, { 'xaxis.autorange': true, 'yaxis.autorange': true }));
    on('png', () => Plotly.downloadImage(state.place, { format: 'png', scale: 2, filename: 'actorload-' + state.chart.id }));
    const table = state.figure.querySelector('[data-table]');
    const details = table && table.closest('details');
    if (details) {
      details.addEventListener('toggle', () => details.open && fillTable(state, table));
    }
    if (seen) {
      seen.observe(state.place);
    } else {
      state.isDrawn = true;
      begin(state);
    }
  }

  // The values of a snapshot that a trace shows, by the path that its document names.
  // The last key may be a sum, such as opened+reused, of which a part may be missing.
  function valueOf(snapshot, path) {
    const keys = path.split('/');
    const parts = keys.pop().split('+');
    let value = snapshot;
    for (const key of keys) {
      value = value === null || value === undefined ? undefined : value[key];
    }
    const numbers = value === null || value === undefined ? [] : parts.map(part => value[part]).filter(part => typeof part === 'number');
    return numbers.length === 0 ? undefined : numbers.reduce((sum, part) => sum + part);
  }

  function append(snapshots) {
    const changed = new Set();
    for (const snapshot of snapshots) {
      const at = snapshot.sample.at;
      if (at <= last) {
        continue;
      }
      const seconds = at - last;
      last = at;
      for (const state of charts.values()) {
        const chart = state.chart;
        if (!chart.traces.some(trace => trace.live)) {
          continue;
        }
        for (const trace of chart.traces.filter(each => each.x && each.live)) {
          const value = valueOf(snapshot, trace.live);
          if (typeof value === 'number') {
            trace.x.push(at);
            trace.y.push(value * (trace.factor || 1));
            if (trace.x.length > mostPoints) {
              [trace.x, [trace.y]] = thinned(trace.x, [trace.y]);
            }
          }
        }
        changed.add(state);
        if (!chart.at || !chart.traces.some(trace => trace.live && !trace.x)) {
          continue;
        }
        if (chart.at.length === 0 && chart.steps) {
          chart.at.push(0);
          chart.traces.filter(trace => !trace.x).forEach(trace => trace.y.push(0));
        }
        chart.at.push(at);
        for (const trace of chart.traces.filter(each => !each.x)) {
          const value = trace.live ? valueOf(snapshot, trace.live) : null;
          const known = typeof value === 'number' ? value : trace.kind === 'area' || trace.perSecond ? 0 : null;
          trace.y.push(known === null ? null : trace.perSecond ? known / seconds : known * (trace.factor || 1));
        }
        if (chart.at.length > mostPoints) {
          const own = chart.traces.filter(trace => !trace.x);
          const [at, columns] = thinned(chart.at, own.map(trace => trace.y));
          chart.at = at;
          own.forEach((trace, index) => { trace.y = columns[index]; });
        }
      }
    }
    for (const state of changed) {
      if (state.isDrawn) {
        requestAnimationFrame(() => draw(state));
      }
    }
  }

  // About half of the points: of each few neighbours, those with the smallest and the largest value of a column, never their mean.
  function thinned(at, columns) {
    const kept = new Set([0, at.length - 1]);
    const group = 4 * columns.length;
    for (let from = 0; from < at.length; from += group) {
      const to = Math.min(at.length, from + group);
      for (const column of columns) {
        let [low, high] = [from, from];
        for (let index = from; index < to; index++) {
          low = column[index] < column[low] ? index : low;
          high = column[index] > column[high] ? index : high;
        }
        kept.add(low).add(high);
      }
    }
    const order = [...kept].sort((a, b) => a - b);
    return [order.map(index => at[index]), columns.map(column => order.map(index => column[index]))];
  }

  // --- tables and commands -------------------------------------------------------------------------------------------------------------------

  function sortBy(button) {
    const head = button.closest('th');
    const table = button.closest('table');
    const column = [...head.parentNode.children].indexOf(head);
    const isDown = head.getAttribute('aria-sort') === 'descending';
    for (const other of head.parentNode.children) {
      other.removeAttribute('aria-sort');
    }
    head.setAttribute('aria-sort', isDown ? 'ascending' : 'descending');
    const key = row => {
      const cell = row.children[column];
      const value = cell.dataset.value;
      return value === undefined ? cell.textContent : value === '' ? -Infinity : Number(value);
    };
    const compare = (a, b) => typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), 'en', { numeric: true });
    const body = table.tBodies[0];
    const rows = [...body.rows].sort((a, b) => (isDown ? 1 : -1) * compare(key(a), key(b)));
    body.append(...rows);
  }

  function copy(button) {
    const text = button.parentNode.querySelector('code').textContent;
    const say = words => {
      button.textContent = words;
      setTimeout(() => { button.textContent = 'Copy'; }, 1500);
    };
    if (navigator.clipboard) {
      navigator.clipboard.writeText(text).then(() => say('Copied'), () => say('Press Ctrl+C'));
    } else {
      getSelection().selectAllChildren(button.parentNode.querySelector('code'));
      say('Press Ctrl+C');
    }
  }

  document.addEventListener('click', event => {
    const button = event.target.closest('button');
    if (!button) {
      return;
    }
    if (button.dataset.do === 'sort') {
      sortBy(button);
    } else if (button.dataset.do === 'copy') {
      copy(button);
    } else if (button.dataset.do === 'zoom') {
      zoom([Number(button.dataset.from), Number(button.dataset.to)]);
      const chart = document.querySelector('[data-chart]');
      if (chart) {
        chart.scrollIntoView({ behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth', block: 'center' });
      }
    } else if (button.dataset.do === 'unzoom') {
      zoom(null);
    }
  });

  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    for (const state of charts.values()) {
      if (state.isDrawn) {
        draw(state);
      }
    }
  });

  for (const element of document.querySelectorAll('[data-needs-script]')) {
    element.hidden = false;
  }
  window.ActorLoadCharts = { show, append, zoom, thinned };
  const data = document.getElementById('chart-data');
  if (data) {
    show(JSON.parse(data.textContent));
  }
})();
