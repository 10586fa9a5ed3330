/** A kind of thing that the shop sells: what its products are called, made of and used for. */
export interface Shelf {
  readonly name: string;
  readonly nouns: readonly string[];
  readonly materials: readonly string[];
  /** How sentences go on after "for" or "good for". */
  readonly uses: readonly string[];
  /** Lowest and highest usual price, in whole euros. */
  readonly euros: readonly [number, number];
}

export interface Department {
  readonly name: string;
  readonly shelves: readonly Shelf[];
}

const shelf = (
  name: string,
  nouns: string,
  materials: string,
  uses: string,
  ...euros: [number, number]
): Shelf => ({
  name,
  nouns: nouns.split(", "),
  materials: materials.split(", "),
  uses: uses.split("; "),
  euros,
});

/** Eight departments of four shelves each: with the departments themselves, forty categories. */
export const ASSORTMENT: readonly Department[] = [
  {
    name: "Kitchen",
    shelves: [
      shelf(
        "Cookware",
        "Frying Pan, Saucepan, Casserole, Stockpot, Griddle, Wok",
        "Cast Iron, Carbon Steel, Copper, Stainless Steel, Enamelled Steel",
        "slow stews on a winter evening; searing steak and vegetables; simmering sauces without scorching; feeding a full table",
        25,
        180,
      ),
      shelf(
        "Kitchen Knives",
        "Chef's Knife, Paring Knife, Bread Knife, Cleaver, Filleting Knife, Santoku",
        "Carbon Steel, Damascus Steel, Stainless Steel, Ceramic",
        "fine slicing and quick chopping; crusty loaves and ripe tomatoes; boning fish with little waste; everyday preparation",
        18,
        160,
      ),
      shelf(
        "Bakeware",
        "Loaf Tin, Cake Tin, Pie Dish, Baking Sheet, Proving Basket, Muffin Tin",
        "Aluminium, Steel, Stoneware, Rattan, Glass",
        "sourdough with a crackling crust; birthday cakes and Sunday pies; biscuits by the dozen; an even bake right to the corners",
        8,
        60,
      ),
      shelf(
        "Storage Jars",
        "Storage Jar, Preserving Jar, Bread Bin, Spice Rack, Canister, Butter Dish",
        "Glass, Stoneware, Oak, Tin, Bamboo",
        "keeping flour and grain dry; summer fruit in winter; coffee that stays fresh; a pantry that is easy to read",
        5,
        55,
      ),
    ],
  },
  {
    name: "Dining",
    shelves: [
      shelf(
        "Plates and Bowls",
        "Dinner Plate, Soup Bowl, Serving Platter, Side Plate, Salad Bowl, Ramekin",
        "Stoneware, Porcelain, Earthenware, Olive Wood, Bone China",
        "long lunches with friends; soups, stews and porridge; a generous salad; everyday meals that deserve a good plate",
        6,
        70,
      ),
      shelf(
        "Glassware",
        "Tumbler, Wine Glass, Carafe, Water Jug, Champagne Flute, Whisky Glass",
        "Crystal, Recycled Glass, Borosilicate Glass, Smoked Glass",
        "cold water on a hot day; a good bottle shared; iced tea in the garden; a quiet drink by the fire",
        4,
        65,
      ),
      shelf(
        "Cutlery",
        "Dinner Fork, Steak Knife, Serving Spoon, Salad Servers, Cake Fork, Teaspoon",
        "Stainless Steel, Silver Plate, Brass, Beech, Horn",
        "the table on ordinary and on festive days; serving salads and pasta; cutting cleanly without effort; afternoon tea",
        5,
        90,
      ),
      shelf(
        "Table Linen",
        "Tablecloth, Napkin, Table Runner, Tea Towel, Placemat, Apron",
        "Linen, Cotton, Hemp, Wool Felt",
        "a table that feels dressed; drying glasses without lint; catching crumbs and spills; cooking without worry",
        7,
        85,
      ),
    ],
  },
  {
    name: "Garden",
    shelves: [
      shelf(
        "Hand Tools",
        "Trowel, Hand Fork, Secateurs, Dibber, Weeder, Pruning Saw",
        "Forged Steel, Stainless Steel, Ash, Bronze, Carbon Steel",
        "planting bulbs in heavy soil; clearing weeds with their roots; clean cuts on roses and fruit trees; work in raised beds",
        9,
        75,
      ),
      shelf(
        "Digging Tools",
        "Spade, Border Fork, Rake, Hoe, Edging Iron, Bulb Planter",
        "Forged Steel, Ash, Stainless Steel, Boron Steel",
        "turning a vegetable bed; breaking clods after frost; crisp lawn edges; long days without sore hands",
        25,
        120,
      ),
      shelf(
        "Pots and Planters",
        "Flower Pot, Planter, Window Box, Hanging Basket, Trough, Saucer",
        "Terracotta, Zinc, Glazed Stoneware, Cedar, Fibre Clay",
        "herbs by the kitchen door; tomatoes on a sunny balcony; bulbs under the window; a small tree on the terrace",
        6,
        140,
      ),
      shelf(
        "Watering",
        "Watering Can, Garden Hose, Rain Barrel, Sprinkler, Mister, Hose Reel",
        "Galvanised Steel, Copper, Natural Rubber, Brass, Recycled Plastic",
        "seedlings that need a soft rain; dry weeks in July; saving what the roof collects; greenhouse mornings",
        10,
        150,
      ),
    ],
  },
  {
    name: "Workshop",
    shelves: [
      shelf(
        "Woodworking",
        "Chisel, Hand Plane, Marking Gauge, Mallet, Spokeshave, Dovetail Saw",
        "Tool Steel, Beech, Bronze, Rosewood, Cast Iron",
        "joints that close without a gap; shavings thin as paper; fitting doors and drawers; the first project and the hundredth",
        15,
        190,
      ),
      shelf(
        "Measuring",
        "Steel Rule, Try Square, Spirit Level, Tape Measure, Calliper, Bevel Gauge",
        "Stainless Steel, Brass, Aluminium, Beech, Ebony",
        "marking out with confidence; setting shelves level; repeating an angle; checking what looks straight",
        6,
        95,
      ),
      shelf(
        "Fastening",
        "Screwdriver, Hex Key Set, Spanner, Hammer, Pliers, Socket Set",
        "Chrome Vanadium, Forged Steel, Hickory, Stainless Steel",
        "repairs around the house; furniture that comes in flat boxes; bicycles and garden machines; stubborn old screws",
        7,
        130,
      ),
      shelf(
        "Tool Storage",
        "Tool Box, Tool Roll, Pegboard, Parts Cabinet, Work Apron, Saw Rack",
        "Steel, Waxed Canvas, Birch Plywood, Leather, Oak",
        "knowing where each tool is; carrying a kit to the job; small screws by size; a bench that stays clear",
        14,
        160,
      ),
    ],
  },
  {
    name: "Bedroom",
    shelves: [
      shelf(
        "Bed Linen",
        "Duvet Cover, Pillowcase, Fitted Sheet, Bedspread, Flat Sheet, Bolster Case",
        "Linen, Percale Cotton, Flannel, Bamboo, Sateen Cotton",
        "cool sleep in summer; cold nights with the window open; guests who stay longer; beds that look made with little effort",
        14,
        190,
      ),
      shelf(
        "Blankets",
        "Blanket, Throw, Quilt, Eiderdown, Picnic Rug, Cot Blanket",
        "Lambswool, Merino, Cotton, Alpaca, Mohair",
        "reading on the sofa; chilly evenings outdoors; an extra layer in January; naps in the afternoon",
        25,
        220,
      ),
      shelf(
        "Pillows",
        "Pillow, Cushion, Bolster, Neck Pillow, Floor Cushion, Body Pillow",
        "Down, Wool, Buckwheat, Kapok, Latex",
        "sleeping on the side; a window seat; sitting low by the fire; tired necks after long drives",
        15,
        120,
      ),
      shelf(
        "Nightwear",
        "Dressing Gown, Pyjamas, Nightshirt, Slippers, Bed Socks, Sleep Mask",
        "Cotton, Flannel, Sheepskin, Silk, Linen",
        "slow mornings; cold floors; sleeping well on trains; weekends that start late",
        12,
        140,
      ),
    ],
  },
  {
    name: "Bathroom",
    shelves: [
      shelf(
        "Towels",
        "Bath Towel, Hand Towel, Bath Sheet, Washcloth, Bath Mat, Sauna Towel",
        "Terry Cotton, Linen, Waffle Cotton, Bamboo, Hemp",
        "a bath that ends softly; drying fast between uses; the beach and the sauna; guests at short notice",
        5,
        75,
      ),
      shelf(
        "Bath Accessories",
        "Soap Dish, Toothbrush Holder, Bath Rack, Laundry Basket, Shower Caddy, Mirror",
        "Teak, Brass, Stoneware, Seagrass, Marble",
        "a tidy basin; a book in the bath; small rooms with few shelves; keeping soap dry",
        8,
        130,
      ),
      shelf(
        "Soap and Care",
        "Bar Soap, Hand Wash, Shampoo Bar, Bath Salts, Hand Cream, Shaving Soap",
        "Olive Oil, Lavender, Cedar, Sea Salt, Oatmeal",
        "dry winter hands; gardeners after work; sensitive skin; a calm end to the day",
        4,
        35,
      ),
      shelf(
        "Brushes",
        "Hairbrush, Nail Brush, Bath Brush, Shaving Brush, Clothes Brush, Lint Brush",
        "Beech, Boar Bristle, Pear Wood, Horsehair, Olive Wood",
        "shine without products; hands that have been in soil; a back that wants scrubbing; wool coats before going out",
        6,
        70,
      ),
    ],
  },
  {
    name: "Lighting",
    shelves: [
      shelf(
        "Table Lamps",
        "Table Lamp, Desk Lamp, Bedside Lamp, Reading Lamp, Banker's Lamp, Clamp Lamp",
        "Brass, Ceramic, Oak, Smoked Glass, Steel",
        "reading without glare; a warm corner in a large room; late work at the desk; the bedside",
        30,
        260,
      ),
      shelf(
        "Ceiling Lights",
        "Pendant Light, Chandelier, Flush Light, Spotlight Rail, Lantern, Cluster Light",
        "Brass, Linen, Opal Glass, Enamelled Steel, Rattan",
        "the dining table; high hallways; kitchens that need even light; rooms with low ceilings",
        40,
        390,
      ),
      shelf(
        "Candles",
        "Pillar Candle, Taper Candle, Tea Light, Candle Holder, Candlestick, Hurricane Lamp",
        "Beeswax, Soy Wax, Brass, Pewter, Glass",
        "dinner on the terrace; power cuts and long evenings; a quiet bath; a table in December",
        3,
        65,
      ),
      shelf(
        "Bulbs",
        "Filament Bulb, Globe Bulb, Candle Bulb, Reflector Bulb, Tube Light, Dimmer",
        "Clear Glass, Amber Glass, Opal Glass, Brass",
        "lamps that show their bulb; warm light that flatters; halls that stay lit; saving most of the power",
        4,
        45,
      ),
    ],
  },
  {
    name: "Outdoors",
    shelves: [
      shelf(
        "Camping",
        "Tent, Sleeping Bag, Camping Stove, Sleeping Mat, Tarp, Camp Chair",
        "Ripstop Nylon, Waxed Canvas, Aluminium, Titanium, Cotton Canvas",
        "a weekend by the lake; high camps in wind; festivals and garden nights; families with much luggage",
        20,
        420,
      ),
      shelf(
        "Bags and Packs",
        "Rucksack, Duffel Bag, Tote Bag, Messenger Bag, Dry Bag, Hip Pack",
        "Waxed Canvas, Leather, Recycled Nylon, Cordura, Cotton Canvas",
        "daily rides to work; three days with one bag; rain from every side; market mornings",
        18,
        240,
      ),
      shelf(
        "Flasks and Bottles",
        "Vacuum Flask, Water Bottle, Hip Flask, Lunch Box, Travel Mug, Food Jar",
        "Stainless Steel, Borosilicate Glass, Titanium, Enamelled Steel, Copper",
        "coffee on the summit; soup at noon; the desk and the car; days when shops are far away",
        10,
        80,
      ),
      shelf(
        "Outdoor Games",
        "Croquet Set, Boules, Badminton Set, Kite, Skittles, Frisbee",
        "Beech, Steel, Ripstop Nylon, Ash, Recycled Plastic",
        "long summer evenings; birthday parties on the lawn; windy beaches; players of all ages",
        9,
        170,
      ),
    ],
  },
];
