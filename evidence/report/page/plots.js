// Draws the report's plots with uPlot (which stands in the page before this). Runs in the browser, from a file, with
// no network; everything that it shows also stands in a table.
(() => {
  const HEIGHT_PX = 240;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const still = new Map();

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const ms = (value) => {
    if (value === null || value === undefined) return "–";
    return `${value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)} ms`;
  };
  const percentile = (x) => {
    const p = 100 * (1 - 10 ** -x);
    return `p${p.toFixed(Math.max(0, Math.ceil(x) - 2)).replace(/\.0+$/, "")}`;
  };

  // As wide as its widest label, with ticks and gap: uPlot's own way is a fixed width, which cuts "1000 ms" off.
  function widestLabel(plot, values, index, cycle) {
    const { _size, ticks, gap, font } = plot.axes[index];
    // Labels and width depend on each other: after two rounds what is found stays.
    if (cycle > 1) return _size;
    plot.ctx.save();
    plot.ctx.font = font[0];
    const widths = (values ?? []).map((label) => plot.ctx.measureText(label ?? "").width);
    plot.ctx.restore();
    return Math.ceil(ticks.size + gap + Math.max(0, ...widths) / (window.devicePixelRatio || 1)) + 2;
  }

  function axis(extra) {
    const line = { stroke: colour("line"), width: 1 };
    return { stroke: colour("soft"), grid: line, ticks: line, font: "12px system-ui, sans-serif", ...extra };
  }

  function series(data) {
    return data.series.map(({ label, arm }) => ({
      label,
      stroke: colour(arm),
      width: arm === "solo" ? 1.5 : 2,
      dash: arm === "solo" && data.kind !== "lateness" ? [5, 4] : undefined,
      points: { show: data.kind !== "percentiles", size: 5, fill: colour("card") },
      value: (_plot, value) => ms(value),
      // Blocks of one kind have those of the other between them.
      spanGaps: data.kind === "blocks",
    }));
  }

  // A line that should not be passed; what is written beside it has its colour.
  function dashed(ctx, ratio, from, to) {
    ctx.strokeStyle = colour("bad");
    ctx.fillStyle = colour("bad");
    ctx.lineWidth = 1.5 * ratio;
    ctx.setLineDash([5 * ratio, 4 * ratio]);
    ctx.beginPath();
    ctx.moveTo(...from);
    ctx.lineTo(...to);
    ctx.stroke();
  }

  // Above the grid: the limit of a check.
  function limit(data) {
    return withContext((plot, ctx, ratio) => {
      if (data.limitMs === undefined) return;
      const { left, width } = plot.bbox;
      const y = plot.valToPos(data.limitMs, "y", true);
      dashed(ctx, ratio, [left, y], [left + width, y]);
      ctx.fillText("limit", left + 6 * ratio, y - 6 * ratio);
    });
  }

  // Above the grid: where a ramp's answers stopped keeping up.
  function knee(data) {
    return withContext((plot, ctx, ratio) => {
      if (data.kneeAt === undefined) return;
      const { left, top, width, height } = plot.bbox;
      const x = plot.valToPos(data.kneeAt, "x", true);
      dashed(ctx, ratio, [x, top], [x, top + height]);
      const atRight = x > left + width / 2;
      ctx.textAlign = atRight ? "right" : "left";
      ctx.fillText("the knee", x + (atRight ? -6 : 6) * ratio, top + 14 * ratio);
    });
  }

  function withContext(paint) {
    return (plot) => {
      const ratio = window.devicePixelRatio || 1;
      plot.ctx.save();
      plot.ctx.textAlign = "left";
      plot.ctx.textBaseline = "alphabetic";
      plot.ctx.font = `${12 * ratio}px system-ui, sans-serif`;
      paint(plot, plot.ctx, ratio);
      plot.ctx.restore();
    };
  }

  // The legend has values only while somebody points at the plot (page.css leaves them out until then).
  function pointedAt(plot) {
    plot.root.classList.toggle("pointed", plot.legend.idx !== null && plot.legend.idx !== undefined);
  }

  // 1, 2 and 5 of each decade that is in sight.
  function decades(_plot, _axis, min, max) {
    const from = Math.floor(Math.log10(min));
    const all = Array.from({ length: Math.ceil(Math.log10(max)) - from + 1 }, (_, i) => 10 ** (from + i));
    return all.flatMap((one) => [one, 2 * one, 5 * one]).filter((value) => value >= min && value <= max);
  }

  function options(data, width) {
    const tail = data.kind === "percentiles";
    const ramp = data.kind === "ramp";
    const byLogs = tail || ramp;
    const floor = (_plot, _min, max) => [0, Math.max(max, data.limitMs ?? 0, 0.1) * 1.2];
    return {
      width,
      height: HEIGHT_PX,
      padding: [8, tail ? 26 : 14, 0, 0],
      legend: { live: true },
      cursor: { drag: { x: false, y: false }, points: { size: 8 } },
      scales: {
        x: { time: false },
        y: byLogs ? { distr: 3, range: (_plot, min, max) => [min / 1.15, max * 1.15] } : { range: floor },
      },
      axes: [
        axis(
          tail
            ? {
                splits: (_plot, _axis, min, max) =>
                  [0.301, 1, 1.301, 2, 3].filter((place) => place >= min && place <= max),
                values: (_plot, at) => at.map(percentile),
              }
            : { values: (_plot, at) => at.map((value) => (ramp ? `${value}/s` : `${value} s`)) },
        ),
        axis({
          size: widestLabel,
          ...(byLogs ? { splits: decades } : {}),
          values: (_plot, at) =>
            at.map((value) => (value === null ? null : `${Number(value.toPrecision(3))} ms`)),
        }),
      ],
      series: [
        {
          label: tail ? "percentile" : ramp ? "offered" : "second",
          value: (_plot, x) =>
            x === null ? "–" : tail ? percentile(x) : `${x.toFixed(0)}${ramp ? "/s" : " s"}`,
        },
        ...series(data),
      ],
      hooks: { draw: [limit(data), knee(data)], setLegend: [pointedAt] },
    };
  }

  function draw(place) {
    const width = Math.floor(place.clientWidth);
    if (width < 50) return;
    const data = JSON.parse(document.getElementById(place.dataset.plot).textContent);
    still.get(place)?.destroy();
    still.set(place, new uPlot(options(data, width), [data.x, ...data.series.map(({ y }) => y)], place));
  }

  // A plot in a closed `details` has no width: it is drawn when it first gets one, and again when that changes.
  const seen = new WeakMap();
  const watch = new ResizeObserver((changes) => {
    for (const { target } of changes) {
      const width = Math.floor(target.clientWidth);
      if (width === seen.get(target)) continue;
      seen.set(target, width);
      draw(target);
    }
  });
  const places = document.querySelectorAll("[data-plot]");
  for (const place of places) watch.observe(place);
  dark.addEventListener("change", () => {
    for (const place of still.keys()) draw(place);
  });

  const openTarget = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!(target instanceof HTMLDetailsElement)) return;
    target.open = true;
    target.scrollIntoView();
  };
  window.addEventListener("hashchange", openTarget);
  openTarget();
})();
