// How echarts.js.gz was made, of ECharts 6.1.0: npm i echarts@6.1.0 esbuild, then
//   esbuild bundle.js --bundle --minify --format=iife --global-name=echarts --target=es2015 --legal-comments=none
//     --define:process.env.NODE_ENV='"production"' | gzip -9n
// Only what option.go asks for is in it, drawn as SVG: half the size, half the time to load.
import * as echarts from 'echarts/core';
import {
  BarChart, LineChart, PieChart, ScatterChart, FunnelChart, SankeyChart, HeatmapChart, TreemapChart, GaugeChart,
} from 'echarts/charts';
import { GridComponent, TooltipComponent, LegendPlainComponent, TitleComponent, GraphicComponent, MarkLineComponent, AriaComponent } from 'echarts/components';
import { LabelLayout } from 'echarts/features';
import { SVGRenderer } from 'echarts/renderers';

echarts.use([
  BarChart, LineChart, PieChart, ScatterChart, FunnelChart, SankeyChart, HeatmapChart, TreemapChart, GaugeChart,
  GridComponent, TooltipComponent, LegendPlainComponent, TitleComponent, GraphicComponent, MarkLineComponent, AriaComponent,
  LabelLayout, SVGRenderer,
]);
export * from 'echarts/core';
