package pptx

import "strings"

// schemaOrder is what stands in which element, and in which order, as the schemas of PresentationML,
// DrawingML and its charts have it, for the elements that presentations are made of. A name before
// the equals sign may say its parent ("c:barChart/c:ser"); alternatives share a place ("|"), and what
// may come again has a star. Elements that are not here are not looked into.
const schemaOrder = `
a:bodyPr = a:prstTxWarp a:noAutofit|a:normAutofit|a:spAutoFit a:scene3d a:sp3d|a:flatTx a:extLst
a:br = a:rPr
a:custGeom = a:avLst a:gdLst a:ahLst a:cxnLst a:rect a:pathLst
a:defPPr a:lvl1pPr a:lvl2pPr a:lvl3pPr a:lvl4pPr a:lvl5pPr a:pPr = a:lnSpc a:spcBef a:spcAft a:buClrTx|a:buClr a:buSzTx|a:buSzPct|a:buSzPts a:buFontTx|a:buFont a:buNone|a:buAutoNum|a:buChar|a:buBlip a:tabLst a:defRPr a:extLst
a:defRPr a:endParaRPr a:rPr = a:ln @fill a:effectLst|a:effectDag a:highlight a:uLnTx|a:uLn a:uFillTx|a:uFill a:latin a:ea a:cs a:sym a:hlinkClick a:hlinkMouseOver a:rtl a:extLst
a:fld = a:rPr a:pPr a:t
a:graphic = a:graphicData
a:ln a:lnB a:lnL a:lnR a:lnT = @line a:prstDash|a:custDash a:round|a:bevel|a:miter a:headEnd a:tailEnd a:extLst
a:lnTo a:moveTo = a:pt
a:lstStyle = @levels a:extLst
a:p = a:pPr a:r|a:br|a:fld* a:endParaRPr
a:path = a:close|a:moveTo|a:lnTo|a:arcTo|a:quadBezTo|a:cubicBezTo*
a:pathLst = a:path*
a:pattFill = a:fgClr a:bgClr
a:prstGeom = a:avLst
a:r = a:rPr a:t
a:solidFill = @color
a:tbl = a:tblPr a:tblGrid a:tr*
a:tblGrid = a:gridCol*
a:tblPr = @fill a:effectLst|a:effectDag a:tableStyle|a:tableStyleId a:extLst
a:tc = a:txBody a:tcPr a:extLst
a:tcPr = a:lnL a:lnR a:lnT a:lnB a:lnTlToBr a:lnBlToTr a:cell3D @fill a:headers a:extLst
a:theme = a:themeElements a:objectDefaults a:extraClrSchemeLst a:custClrLst a:extLst
a:tr = a:tc* a:extLst
a:txBody = a:bodyPr a:lstStyle a:p*
a:xfrm = a:off a:ext a:chOff a:chExt
c:areaChart = c:grouping c:varyColors c:ser* c:dLbls c:dropLines c:axId* c:extLst
c:areaChart/c:ser = c:idx c:order c:tx c:spPr c:pictureOptions c:dPt* c:dLbls c:trendline* c:errBars* c:cat c:val c:extLst
c:barChart = c:barDir c:grouping c:varyColors c:ser* c:dLbls c:gapWidth c:overlap c:serLines* c:axId* c:extLst
c:barChart/c:ser = c:idx c:order c:tx c:spPr c:invertIfNegative c:pictureOptions c:dPt* c:dLbls c:trendline* c:errBars c:cat c:val c:shape c:extLst
c:bubbleChart = c:varyColors c:ser* c:dLbls c:bubble3D c:bubbleScale c:showNegBubbles c:sizeRepresents c:axId* c:extLst
c:bubbleChart/c:ser = c:idx c:order c:tx c:spPr c:invertIfNegative c:dPt* c:dLbls c:trendline* c:errBars* c:xVal c:yVal c:bubbleSize c:bubble3D c:extLst
c:bubbleSize c:yVal = c:numRef|c:numLit
c:cat c:xVal = c:multiLvlStrRef|c:numRef|c:numLit|c:strRef|c:strLit
c:catAx = c:axId c:scaling c:delete c:axPos c:majorGridlines c:minorGridlines c:title c:numFmt c:majorTickMark c:minorTickMark c:tickLblPos c:spPr c:txPr c:crossAx c:crosses|c:crossesAt c:auto c:lblAlgn c:lblOffset c:tickLblSkip c:tickMarkSkip c:noMultiLvlLbl c:extLst
c:chartSpace = c:date1904 c:lang c:roundedCorners c:style c:clrMapOvr c:pivotSource c:protection c:chart c:spPr c:txPr c:externalData c:printSettings c:userShapes c:extLst
c:chartSpace/c:chart = c:title c:autoTitleDeleted c:pivotFmts c:view3D c:floor c:sideWall c:backWall c:plotArea c:legend c:plotVisOnly c:dispBlanksAs c:showDLblsOverMax c:extLst
c:dLbl = c:idx c:delete c:layout c:tx c:numFmt c:spPr c:txPr c:dLblPos c:showLegendKey c:showVal c:showCatName c:showSerName c:showPercent c:showBubbleSize c:separator c:extLst
c:dLbls = c:dLbl* c:delete c:numFmt c:spPr c:txPr c:dLblPos c:showLegendKey c:showVal c:showCatName c:showSerName c:showPercent c:showBubbleSize c:separator c:showLeaderLines c:leaderLines c:extLst
c:dPt = c:idx c:invertIfNegative c:marker c:bubble3D c:explosion c:spPr c:pictureOptions c:extLst
c:dPt/c:marker c:ser/c:marker = c:symbol c:size c:spPr c:extLst
c:doughnutChart = c:varyColors c:ser* c:dLbls c:firstSliceAng c:holeSize c:extLst
c:doughnutChart/c:ser c:pieChart/c:ser = c:idx c:order c:tx c:spPr c:explosion c:dPt* c:dLbls c:cat c:val c:extLst
c:externalData = c:autoUpdate
c:layout = c:manualLayout c:extLst
c:legend = c:legendPos c:legendEntry* c:layout c:overlay c:spPr c:txPr c:extLst
c:legendEntry = c:idx c:delete c:txPr c:extLst
c:lineChart = c:grouping c:varyColors c:ser* c:dLbls c:dropLines c:hiLowLines c:upDownBars c:marker c:smooth c:axId* c:extLst
c:lineChart/c:ser = c:idx c:order c:tx c:spPr c:marker c:dPt* c:dLbls c:trendline* c:errBars c:cat c:val c:smooth c:extLst
c:majorGridlines = c:spPr
c:manualLayout = c:layoutTarget c:xMode c:yMode c:wMode c:hMode c:x c:y c:w c:h c:extLst
c:numCache = c:formatCode c:ptCount c:pt* c:extLst
c:numRef = c:f c:numCache c:extLst
c:pieChart = c:varyColors c:ser* c:dLbls c:firstSliceAng c:extLst
c:plotArea = c:layout c:areaChart|c:area3DChart|c:lineChart|c:line3DChart|c:stockChart|c:radarChart|c:scatterChart|c:pieChart|c:pie3DChart|c:doughnutChart|c:barChart|c:bar3DChart|c:ofPieChart|c:surfaceChart|c:surface3DChart|c:bubbleChart* c:valAx|c:catAx|c:dateAx|c:serAx* c:dTable c:spPr c:extLst
c:rich c:txPr = a:bodyPr a:lstStyle a:p*
c:scaling = c:logBase c:orientation c:max c:min c:extLst
c:scatterChart = c:scatterStyle c:varyColors c:ser* c:dLbls c:axId* c:extLst
c:scatterChart/c:ser = c:idx c:order c:tx c:spPr c:marker c:dPt* c:dLbls c:trendline* c:errBars* c:xVal c:yVal c:smooth c:extLst
c:spPr = a:xfrm a:custGeom|a:prstGeom @fill a:ln a:effectLst|a:effectDag a:scene3d a:sp3d a:extLst
c:strCache = c:ptCount c:pt* c:extLst
c:strRef = c:f c:strCache c:extLst
c:title = c:tx c:layout c:overlay c:spPr c:txPr c:extLst
c:valAx = c:axId c:scaling c:delete c:axPos c:majorGridlines c:minorGridlines c:title c:numFmt c:majorTickMark c:minorTickMark c:tickLblPos c:spPr c:txPr c:crossAx c:crosses|c:crossesAt c:crossBetween c:majorUnit c:minorUnit c:dispUnits c:extLst
p:attrNameLst = p:attrName*
p:bg = p:bgPr|p:bgRef
p:bgPr = @fill a:effectLst|a:effectDag p:extLst
p:bgRef = @color
p:bldLst = p:bldP|p:bldDgm|p:bldOleChart|p:bldGraphic*
p:blipFill = a:blip a:srcRect a:tile|a:stretch
p:bodyStyle p:defaultTextStyle p:notesStyle p:otherStyle p:titleStyle = @levels a:extLst
p:cBhvr = p:cTn p:tgtEl p:attrNameLst
p:cNvCxnSpPr = a:cxnSpLocks a:stCxn a:endCxn a:extLst
p:cNvGraphicFramePr = a:graphicFrameLocks a:extLst
p:cNvGrpSpPr = a:grpSpLocks a:extLst
p:cNvPicPr = a:picLocks a:extLst
p:cNvPr = a:hlinkClick a:hlinkHover a:extLst
p:cNvSpPr = a:spLocks a:extLst
p:cSld = p:bg p:spTree p:custDataLst p:controls p:extLst
p:cTn = p:stCondLst p:endCondLst p:endSync p:iterate p:childTnLst p:subTnLst
p:childTnLst p:tnLst = p:par|p:seq|p:excl|p:anim|p:animClr|p:animEffect|p:animMotion|p:animRot|p:animScale|p:cmd|p:set|p:audio|p:video*
p:cxnSp = p:nvCxnSpPr p:spPr p:style p:extLst
p:embeddedFont = p:font p:regular p:bold p:italic p:boldItalic
p:embeddedFontLst = p:embeddedFont*
p:graphicFrame = p:nvGraphicFramePr p:xfrm a:graphic p:extLst
p:grpSp p:spTree = p:nvGrpSpPr p:grpSpPr p:sp|p:grpSp|p:graphicFrame|p:cxnSp|p:pic|p:contentPart* p:extLst
p:grpSpPr = a:xfrm @fill a:effectLst|a:effectDag a:scene3d a:extLst
p:nextCondLst p:prevCondLst p:stCondLst = p:cond*
p:notes = p:cSld p:clrMapOvr p:extLst
p:notesMaster = p:cSld p:clrMap p:hf p:notesStyle p:extLst
p:notesMasterIdLst = p:notesMasterId
p:nvCxnSpPr = p:cNvPr p:cNvCxnSpPr p:nvPr
p:nvGraphicFramePr = p:cNvPr p:cNvGraphicFramePr p:nvPr
p:nvGrpSpPr = p:cNvPr p:cNvGrpSpPr p:nvPr
p:nvPicPr = p:cNvPr p:cNvPicPr p:nvPr
p:nvPr = p:ph a:audioCd|a:wavAudioFile|a:audioFile|a:videoFile|a:quickTimeFile p:custDataLst p:extLst
p:nvSpPr = p:cNvPr p:cNvSpPr p:nvPr
p:par = p:cTn
p:pic = p:nvPicPr p:blipFill p:spPr p:style p:extLst
p:presentation = p:sldMasterIdLst p:notesMasterIdLst p:handoutMasterIdLst p:sldIdLst p:sldSz p:notesSz p:smartTags p:embeddedFontLst p:custShowLst p:photoAlbum p:custDataLst p:kinsoku p:defaultTextStyle p:modifyVerifier p:extLst
p:seq = p:cTn p:prevCondLst p:nextCondLst
p:set = p:cBhvr p:to
p:sld = p:cSld p:clrMapOvr p:transition p:timing p:extLst
p:sldIdLst = p:sldId*
p:sldLayout = p:cSld p:clrMapOvr p:transition p:timing p:hf p:extLst
p:sldLayoutIdLst = p:sldLayoutId*
p:sldMaster = p:cSld p:clrMap p:sldLayoutIdLst p:transition p:timing p:hf p:txStyles p:extLst
p:sldMasterIdLst = p:sldMasterId*
p:sp = p:nvSpPr p:spPr p:style p:txBody p:extLst
p:spPr = a:xfrm a:custGeom|a:prstGeom @fill a:ln a:effectLst|a:effectDag a:scene3d a:sp3d a:extLst
p:spTgt = p:bg|p:subSp|p:oleChartEl|p:txEl|p:graphicEl
p:tgtEl = p:sldTgt|p:sndTgt|p:spTgt|p:inkTgt
p:timing = p:tnLst p:bldLst p:extLst
p:txBody = a:bodyPr a:lstStyle a:p*
p:txEl = p:charRg|p:pRg
p:txStyles = p:titleStyle p:bodyStyle p:otherStyle p:extLst
p:xfrm = a:off a:ext
`

// Lists that many elements have in common.
const (
	schemaColor  = "a:scrgbClr|a:srgbClr|a:hslClr|a:sysClr|a:schemeClr|a:prstClr"
	schemaFill   = "a:noFill|a:solidFill|a:gradFill|a:blipFill|a:pattFill|a:grpFill"
	schemaLine   = "a:noFill|a:solidFill|a:gradFill|a:pattFill"
	schemaLevels = "a:defPPr a:lvl1pPr a:lvl2pPr a:lvl3pPr a:lvl4pPr a:lvl5pPr a:lvl6pPr a:lvl7pPr a:lvl8pPr a:lvl9pPr"
)

// schemaPlace is where a child stands in its parent.
type schemaPlace struct {
	rank int
	many bool
}

// schema gives the places of children by parent, and by grandparent and parent where that matters.
func schema() map[string]map[string]schemaPlace {
	lists := strings.NewReplacer("@color", schemaColor, "@fill", schemaFill, "@line", schemaLine, "@levels", schemaLevels)
	out := map[string]map[string]schemaPlace{}
	for _, row := range strings.Split(strings.TrimSpace(lists.Replace(schemaOrder)), "\n") {
		names, children, _ := strings.Cut(row, " = ")
		places := map[string]schemaPlace{}
		for rank, alternatives := range strings.Fields(children) {
			alternatives, many := strings.CutSuffix(alternatives, "*")
			for _, name := range strings.Split(alternatives, "|") {
				places[name] = schemaPlace{rank, many}
			}
		}
		for _, name := range strings.Fields(names) {
			out[name] = places
		}
	}
	return out
}
