# How the files of this folder were made: npm i inter-ui@4, pip install fonttools brotli, python cut.py.
# Cuts Inter to what reports need: Latin, figures of equal width by default, signs; optical size fixed.
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer
from fontTools import subset
src='node_modules/inter-ui/variable/InterVariable.woff2'
U=[]
def r(a,b): U.extend(range(a,b+1))
r(0x20,0x7e); r(0xa0,0x17f); r(0x192,0x192); r(0x1a0,0x1a1); r(0x1af,0x1b0); r(0x1e6,0x1e7); r(0x218,0x21b); r(0x1e80,0x1e85); r(0x1ea0,0x1ef9)
U+= [0x2b9,0x2bb,0x2bc,0x2c6,0x2c7,0x2d8,0x2d9,0x2da,0x2db,0x2dc,0x2dd,0x300,0x301,0x302,0x303,0x304,0x306,0x307,0x308,0x30a,0x30b,0x30c,0x323,0x326,0x327,0x328]
U+= [0x394,0x3a3,0x3a9,0x3bc,0x3c0,0x3c3]
r(0x2002,0x200b); r(0x2010,0x2015); r(0x2018,0x201e); r(0x2020,0x2022); U+=[0x2026,0x202f,0x2030,0x2032,0x2033,0x2039,0x203a,0x2044,0x205f,0x2060,0x2070]
r(0x2074,0x208e); r(0x20a0,0x20bf); U+=[0x2103,0x2113,0x2116,0x2117,0x211e,0x2122,0x2126,0x212e]; r(0x2150,0x215f); r(0x2190,0x2199); U+=[0x21a9,0x21aa,0x21b3,0x21e7]
U+=[0x2202,0x2206,0x220f,0x2211,0x2212,0x2215,0x2219,0x221a,0x221e,0x222b,0x2248,0x2260,0x2264,0x2265]
r(0x25a0,0x25a1); U+=[0x25aa,0x25b2,0x25b3,0x25b6,0x25b7,0x25ba,0x25bc,0x25bd,0x25c0,0x25c6,0x25c7,0x25ca,0x25cb,0x25cf,0x2605,0x2606,0x2610,0x2611,0x2612,0x2713,0x2717,0x26a0,0x2714,0xfeff]
feats=['ccmp','locl','mark','mkmk','kern','tnum','pnum','frac','case','calt','sups','subs']
def load(): return TTFont(src)
def tabular(f):
    # the plain figures become the ones of equal width; pnum leads back
    gs=f['GSUB'].table; m={}
    for rec in gs.FeatureList.FeatureRecord:
        if rec.FeatureTag=='tnum':
            for li in rec.Feature.LookupListIndex:
                for st in gs.LookupList.Lookup[li].SubTable:
                    st=getattr(st,'ExtSubTable',st)
                    m.update(getattr(st,'mapping',{}))
    for t in f['cmap'].tables:
        if t.isUnicode():
            for c,g in list(t.cmap.items()):
                if 0x30<=c<=0x39 and g in m: t.cmap[c]=m[g]
    return f
def plain(f):
    # kerning passes over all marks instead of a set of them: simple readers know the first only
    for l in f['GPOS'].table.LookupList.Lookup:
        if l.LookupType in(2,9) and l.LookupFlag & 0x10:
            l.LookupFlag=(l.LookupFlag & ~0xff10)|8; l.MarkFilteringSet=None
    return f
def cut(f,out,flavor=None,hint=True,feats=feats):
    o=subset.Options(); o.layout_features=feats; o.flavor=flavor; o.name_IDs=['*']; o.notdef_outline=True; o.hinting=False; o.desubroutinize=True; o.drop_tables+=['STAT','MVAR'] if flavor is None else []
    o.glyph_names=False
    s=subset.Subsetter(o); s.populate(unicodes=U); s.subset(f); plain(f); f.flavor=flavor; f.save(out)
for w,name,style in((400,'Regular','Regular'),(600,'SemiBold','SemiBold')):
    f=tabular(instancer.instantiateVariableFont(load(),{'opsz':14,'wght':w},updateFontNames=False))
    n=f['name']
    for rec in list(n.names):
        if rec.nameID in(25,16,17,21,22): n.removeNames(rec.nameID)
    # the semibold is the family's bold: office programs know no other second weight
    bold=w==600
    for pid,eid,lid in((3,1,0x409),(1,0,0)):
        n.setName('Inter',1,pid,eid,lid); n.setName('Bold' if bold else 'Regular',2,pid,eid,lid); n.setName('Inter Bold' if bold else 'Inter',4,pid,eid,lid); n.setName('Inter-'+style,6,pid,eid,lid)
    f['OS/2'].usWeightClass=700 if bold else 400; f['head'].macStyle=1 if bold else 0; f['OS/2'].fsSelection=(f['OS/2'].fsSelection & ~0x61)|(0x20 if bold else 0x40)
    cut(f,f'Inter-{name}.ttf')
f=tabular(instancer.instantiateVariableFont(load(),{'opsz':14,'wght':(400,700)}))
f.flavor=None; f.save('v.ttf'); f=TTFont('v.ttf')
for t in('HVAR','MVAR'):
    if t in f: del f[t]
cut(f,'inter.woff2','woff2')
