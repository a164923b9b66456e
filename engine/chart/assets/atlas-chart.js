// Draws the options that package chart makes: in a page, and in the runtime that makes SVG files.
// Functions that ECharts wants are named in the option ("@tag") and resolved here, so that an option
// stays plain data.
var atlasChart = (function () {
  'use strict';

  function escape(text) {
    return String(text).replace(/[&<>"']/g, function (c) { return '&#' + c.charCodeAt(0) + ';'; });
  }

  function figure(data) {
    if (!data || data.text == null) return '';
    var origin = data.origin || {};
    return '<data class="figure" value="' + escape(plain(data.value)) + '" data-block="' + escape(origin.block || '') + '" data-query="' +
      escape(origin.query || '') + '" data-row="' + escape(origin.row || '') + '" data-column="' + escape(origin.column || '') + '">' +
      escape(data.text) + '</data>';
  }

  function plain(value) {
    return value == null ? '' : Array.isArray(value) ? value.join(',') : value;
  }

  var named = {
    // what is written at a point, where it differs from its value
    tag: function (params) { return params.data && params.data.tag != null ? params.data.tag : ''; },
    // what a pointer sees: each figure with its origin
    tip: function (params) {
      var list = Array.isArray(params) ? params : [params];
      list = list.filter(function (p) { return p.data && p.data.text != null; });
      if (!list.length) return '';
      var head = list[0].data.title || list[0].name || '';
      return (head ? '<div class="chart-tip-head">' + escape(head) + '</div>' : '') + list.map(function (p) {
        var name = p.seriesName && p.seriesName.indexOf('\u0000') < 0 && p.seriesName !== head ? p.seriesName : '';
        return '<div class="chart-tip-line">' + (name ? escape(name) + '&ensp;' : '') + figure(p.data) + '</div>';
      }).join('');
    }
  };

  // fit writes the fullest of the texts that an area has room for.
  function fit(chart) {
    return function (params) {
      var node = chart().getModel().getSeriesByIndex(params.seriesIndex).getData().tree.getNodeByDataIndex(params.dataIndex);
      var room = node && node.getLayout() || {};
      var list = params.data && params.data.fits || [];
      for (var i = 0; i < list.length; i++) {
        if (list[i].width <= room.width && list[i].height <= room.height) return list[i].text;
      }
      return '';
    };
  }

  // revive puts functions where the option names them; chart gives the chart once it is there.
  function revive(node, chart) {
    if (Array.isArray(node)) { node.forEach(function (n) { revive(n, chart); }); return node; }
    if (!node || typeof node !== 'object') return node;
    Object.keys(node).forEach(function (key) {
      var value = node[key];
      if (key === 'formatter' && typeof value === 'string' && value.charAt(0) === '@') {
        var name = value.slice(1);
        if (name === 'texts') {
          var texts = node.texts || [];
          node.formatter = function (_, i) { return texts[i] == null ? '' : texts[i]; };
        } else if (name === 'fit') {
          node.formatter = fit(chart);
        } else {
          node.formatter = named[name] || function () { return ''; };
        }
      } else if (key !== 'origin') {
        revive(value, chart);
      }
    });
    return node;
  }

  // svg draws an option of the given size as text of an SVG file.
  function svg(json, width, height) {
    var chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: width, height: height });
    try {
      var option = revive(JSON.parse(json), function () { return chart; });
      delete option.tooltip;
      delete option.aria;
      chart.setOption(option);
      return chart.renderToSVGString();
    } finally {
      chart.dispose();
    }
  }

  // mount draws an option into an element and keeps it at the element's size.
  function mount(element, option) {
    var chart = echarts.init(element, null, { renderer: 'svg' });
    chart.setOption(revive(JSON.parse(JSON.stringify(option)), function () { return chart; }));
    if (typeof ResizeObserver !== 'undefined') {
      var observer = new ResizeObserver(function () {
        if (chart.isDisposed()) observer.disconnect();
        else chart.resize();
      });
      observer.observe(element);
    }
    return chart;
  }

  return { svg: svg, mount: mount, revive: revive };
})();
