// Draws each statistics table as a chart beside it; the table stays, and is what the chart is read from.
"use strict";

const COLOURS = { open: "#c4570a", ended: "#7f97a5" };
const charts = new Map();

function read(table) {
  const rows = [...table.tBodies[0].rows].filter((row) => row.dataset.label);
  return {
    labels: rows.map((row) => row.dataset.label),
    open: rows.map((row) => Number(row.dataset.open)),
    ended: rows.map((row) => Number(row.dataset.ended)),
  };
}

function series(name, key, data) {
  return { name, type: "bar", stack: "all", data: data[key], itemStyle: { color: COLOURS[key] }, barMaxWidth: 28 };
}

function options(data, lying, title) {
  const names = { type: "category", data: data.labels, axisTick: { show: false }, inverse: lying };
  const numbers = { type: "value", minInterval: 1, splitLine: { lineStyle: { color: "#e3e9ed" } } };
  return {
    animation: false,
    aria: { enabled: true, label: { description: title } },
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 14 },
    legend: { top: 0, itemWidth: 14 },
    grid: { left: 8, right: 24, top: 36, bottom: 8, containLabel: true },
    tooltip: { trigger: "axis", renderMode: "richText", axisPointer: { type: "shadow" } },
    xAxis: lying ? numbers : names,
    yAxis: lying ? names : numbers,
    series: [series("未办结", "open", data), series("已办结", "ended", data)],
  };
}

function draw() {
  for (const place of document.querySelectorAll(".chart")) {
    const table = document.getElementById(place.dataset.of);
    const data = read(table);
    const lying = place.dataset.lying !== undefined;
    place.hidden = data.labels.length === 0;
    if (place.hidden) continue;
    // As high as its bars need; a script may set a style, an attribute may not.
    place.style.setProperty("height", `${lying ? Math.max(220, 64 + 34 * data.labels.length) : 320}px`);
    let chart = charts.get(place);
    if (chart === undefined) {
      chart = echarts.init(place, null, { renderer: "canvas" });
      charts.set(place, chart);
    }
    chart.resize();
    chart.setOption(options(data, lying, place.dataset.title));
  }
}

draw();
document.body.addEventListener("htmx:afterSettle", draw);
addEventListener("resize", () => charts.forEach((chart) => chart.resize()));
