import type { Material } from "./material.ts";

/** The 14 sets of the paper (Visual Search at Alibaba, KDD'18), in its order. */
export const CATEGORIES = [
  "shirt",
  "dress",
  "pants",
  "bags",
  "shoes",
  "accessories",
  "snacks",
  "cosmetics",
  "beverages",
  "furniture",
  "toys",
  "underdress",
  "digital",
  "others",
] as const;
export type Category = (typeof CATEGORIES)[number];

/** What a category is made of: colours it leans to, share of patterned items, materials, and price range in EUR. */
export type CategoryTraits = {
  leaning: string;
  loud: number;
  materials: readonly Material[];
  price: readonly [low: number, high: number];
};

export const TRAITS: Record<Category, CategoryTraits> = {
  shirt: {
    leaning: "cloth",
    loud: 0.6,
    materials: ["cotton", "jersey", "linen", "wool", "silk", "denim"],
    price: [9, 90],
  },
  dress: {
    leaning: "cloth",
    loud: 0.65,
    materials: ["cotton", "silk", "linen", "satin", "velvet", "jersey"],
    price: [19, 190],
  },
  pants: {
    leaning: "pants",
    loud: 0.4,
    materials: ["denim", "cotton", "corduroy", "linen", "jersey", "wool"],
    price: [15, 120],
  },
  bags: {
    leaning: "leather",
    loud: 0.45,
    materials: ["leather", "canvas", "nylon", "suede", "patent leather"],
    price: [15, 320],
  },
  shoes: {
    leaning: "leather",
    loud: 0.35,
    materials: ["leather", "canvas", "suede", "mesh", "patent leather"],
    price: [19, 210],
  },
  accessories: {
    leaning: "leather",
    loud: 0.5,
    materials: ["leather", "steel", "silk", "wool", "cotton", "lacquer"],
    price: [5, 160],
  },
  snacks: { leaning: "bright", loud: 0.6, materials: ["foil", "cardboard", "kraft paper", "plastic"], price: [1, 9] },
  cosmetics: {
    leaning: "body",
    loud: 0.4,
    materials: ["plastic", "glass", "matte plastic", "lacquer"],
    price: [3, 70],
  },
  beverages: {
    leaning: "bright",
    loud: 0.5,
    materials: ["aluminium", "glass", "plastic", "cardboard"],
    price: [1, 18],
  },
  furniture: {
    leaning: "home",
    loud: 0.4,
    materials: ["wood", "velvet", "linen", "leather", "lacquer", "plush"],
    price: [39, 990],
  },
  toys: { leaning: "bright", loud: 0.45, materials: ["plush", "plastic", "wood", "rubber"], price: [5, 60] },
  underdress: {
    leaning: "body",
    loud: 0.5,
    materials: ["cotton", "lace", "silk", "satin", "mesh", "jersey"],
    price: [4, 60],
  },
  digital: {
    leaning: "device",
    loud: 0.45,
    materials: ["aluminium", "plastic", "matte plastic", "lacquer", "rubber"],
    price: [19, 1200],
  },
  others: {
    leaning: "bright",
    loud: 0.55,
    materials: ["ceramic", "plastic", "stoneware", "steel", "cotton"],
    price: [4, 80],
  },
};

/** The kinds a category has, each with the words sellers use for it. Every kind has a drawing in draw/. */
export const KINDS: Record<Category, Readonly<Record<string, readonly string[]>>> = {
  shirt: {
    tee: ["T-Shirt", "Tee", "Crew Shirt"],
    buttonShirt: ["Shirt", "Button-Up Shirt", "Camp Shirt"],
    polo: ["Polo Shirt", "Polo"],
    hoodie: ["Hoodie", "Hooded Sweatshirt"],
    sweater: ["Sweater", "Pullover", "Jumper"],
    blouse: ["Blouse", "Tunic Top"],
    tank: ["Tank Top", "Vest Top", "Singlet"],
  },
  dress: {
    aline: ["A-Line Dress", "Summer Dress", "Skater Dress"],
    sheath: ["Sheath Dress", "Pencil Dress"],
    maxi: ["Maxi Dress", "Long Dress", "Evening Gown"],
    slip: ["Slip Dress", "Strap Dress"],
    pinafore: ["Pinafore Dress", "Dungaree Dress"],
  },
  pants: {
    jeans: ["Jeans", "Denim Trousers"],
    wideLeg: ["Wide-Leg Trousers", "Palazzo Pants"],
    joggers: ["Joggers", "Track Pants", "Sweatpants"],
    shorts: ["Shorts", "Bermuda Shorts"],
    leggings: ["Leggings", "Tights"],
    skirt: ["Skirt", "Midi Skirt"],
  },
  bags: {
    tote: ["Tote Bag", "Shopper", "Carryall"],
    backpack: ["Backpack", "Rucksack", "Daypack"],
    handbag: ["Handbag", "Top-Handle Bag", "Satchel"],
    messenger: ["Messenger Bag", "Crossbody Bag"],
    suitcase: ["Suitcase", "Cabin Trolley"],
  },
  shoes: {
    sneaker: ["Sneakers", "Trainers", "Running Shoes"],
    highTop: ["High-Top Sneakers", "High-Tops"],
    boot: ["Boots", "Ankle Boots"],
    heel: ["Heels", "Pumps", "Stilettos"],
    loafer: ["Loafers", "Slip-Ons"],
    sandal: ["Sandals", "Strappy Sandals"],
  },
  accessories: {
    watch: ["Watch", "Wristwatch"],
    cap: ["Cap", "Baseball Cap"],
    sunglasses: ["Sunglasses", "Shades"],
    scarf: ["Scarf", "Shawl"],
    necklace: ["Necklace", "Pendant"],
    belt: ["Belt", "Waist Belt"],
  },
  snacks: {
    chips: ["Crisps", "Potato Chips", "Puffs"],
    chocolate: ["Chocolate Bar", "Bar"],
    box: ["Cookies", "Crackers", "Cereal Bites"],
    tube: ["Stacked Crisps", "Snack Tube"],
    jar: ["Nut Spread", "Sweet Spread", "Candy Jar"],
  },
  cosmetics: {
    lipstick: ["Lipstick", "Lip Colour"],
    tube: ["Hand Cream", "Lotion", "Cleanser"],
    pump: ["Body Wash", "Shampoo", "Pump Lotion"],
    cream: ["Face Cream", "Night Balm"],
    perfume: ["Eau de Parfum", "Perfume", "Fragrance"],
    polish: ["Nail Polish", "Nail Lacquer"],
  },
  beverages: {
    can: ["Soda", "Sparkling Drink", "Energy Drink"],
    bottle: ["Lemonade", "Iced Tea", "Soft Drink"],
    wine: ["Red Wine", "Cider", "Sparkling Wine"],
    carton: ["Juice", "Oat Drink", "Milk Drink"],
    pouch: ["Smoothie Pouch", "Fruit Pouch"],
  },
  furniture: {
    chair: ["Chair", "Dining Chair"],
    sofa: ["Sofa", "Couch", "Loveseat"],
    table: ["Table", "Side Table", "Desk"],
    lamp: ["Table Lamp", "Lamp"],
    cabinet: ["Cabinet", "Sideboard", "Chest of Drawers"],
  },
  toys: {
    teddy: ["Teddy Bear", "Plush Bear"],
    car: ["Toy Car", "Racer"],
    robot: ["Robot", "Toy Robot"],
    rings: ["Stacking Rings", "Ring Tower"],
    duck: ["Bath Duck", "Toy Duck"],
    ball: ["Ball", "Play Ball"],
  },
  underdress: {
    bra: ["Bra", "Bralette"],
    briefs: ["Briefs", "Panties"],
    boxers: ["Boxer Shorts", "Trunks"],
    camisole: ["Camisole", "Cami Top"],
    socks: ["Socks", "Crew Socks"],
    bodysuit: ["Bodysuit", "Body"],
  },
  digital: {
    phone: ["Smartphone", "Phone"],
    laptop: ["Laptop", "Notebook"],
    headphones: ["Headphones", "Over-Ear Headset"],
    camera: ["Camera", "Digital Camera"],
    speaker: ["Speaker", "Wireless Speaker"],
    gamepad: ["Gamepad", "Controller"],
  },
  others: {
    mug: ["Mug", "Coffee Cup"],
    plant: ["Potted Plant", "Planter"],
    umbrella: ["Umbrella", "Parasol"],
    cushion: ["Cushion", "Throw Pillow"],
    clock: ["Wall Clock", "Clock"],
    kettle: ["Kettle", "Teapot"],
  },
};
