/** Makers' names, colours, places and sentences; `{…}` is filled in by product.ts. */
export const LINES =
  "Alder, Ashby, Aster, Barrow, Birk, Bramble, Briar, Calder, Carrick, Clove, Corrie, Dale, Dunmore, Elder, Ember, Fallow, Fen, Finch, Garnet, Glade, Hadley, Harrow, Hazel, Heath, Holm, Ilex, Juniper, Kestrel, Kielder, Lark, Linden, Lomond, Marlow, Mellor, Mistral, Moss, Nettle, Norden, Orchard, Otter, Pell, Quarry, Quill, Rowan, Rushmere, Saltern, Sedge, Selkirk, Sorrel, Tansy, Tarn, Teasel, Thistle, Umber, Vale, Wharf, Willow, Wren, Yarrow, Zephyr".split(
    ", ",
  );

export const MANNERS =
  "Hand-Finished, Classic, Everyday, Heritage, Compact, Large, Slim, Traditional, Folding, Lightweight, Heavy-Duty, Small, Deep, Rustic, Modern".split(
    ", ",
  );

export const COLOURS =
  "Natural, Black, Slate Grey, Forest Green, Ochre, Rust, Navy, Ivory, Sand, Burgundy, Sage, Charcoal".split(
    ", ",
  );

export const ORIGINS =
  "Portugal, Italy, Sweden, Germany, Japan, Scotland, France, Poland, Estonia, Austria, Spain, Denmark".split(
    ", ",
  );

export const OPENINGS = [
  "The {line} {noun} is a {manner} piece in {material}, made for {use}.",
  "Made in {origin} by a workshop of {people} people, this {manner} {noun} is meant for {use}.",
  "We looked for years for a {noun} like this one: {material}, well balanced and right for {use}.",
  "A {manner} {noun} of {material}, drawn with {use} in mind.",
] as const;

export const SENTENCES = [
  "The {material} is chosen by hand, and pieces with faults go back before they reach the workbench.",
  "It comes in {colour}, a tone that deepens a little over the years and hides small marks.",
  "At {weight} grams it feels solid in the hand without becoming tiring.",
  "Edges are rounded and sanded twice, so that nothing catches on cloth or skin.",
  "Each one is checked, numbered and packed by the person who finished it.",
  "People tell us that they bought one for themselves and came back for a second as a present.",
  "A little oil once or twice a year keeps it in good condition; harsh cleaners do more harm than use ever will.",
  "Wash it by hand in warm water and let it dry in the open air before you put it away.",
  "Spare parts can be ordered one by one, for as long as we make it and ten years after.",
  "The maker has worked with {material} since {since} and still uses most of the first patterns.",
  "It stores flat, needs no assembly, and finds a place in the smallest cupboard.",
  "Nothing is glued that can be screwed, so that a repair takes minutes and not a new purchase.",
  "We have used the same one at home since the shop opened, and it looks better for it.",
  "The surface is left untreated on purpose: it takes on a patina that no factory finish can imitate.",
  "Whoever buys one for {use} tends to find three more places for it within a month.",
  "Packed in plain recycled card with no plastic, it travels well and makes a fine gift.",
  "The design was simplified three times, until there was nothing left to take away.",
  "Small differences in grain, weave or glaze are part of the material and no reason to worry.",
  "The proportions follow an old model that we found in a flea market and had measured.",
  "Should it ever fail in normal use, send it back and we mend or replace it without questions.",
] as const;

export const CLOSINGS = [
  "Measures about {size} centimetres.",
  "With a guarantee of {years} years.",
  "Delivered within three working days.",
  "Sold singly; sets are cheaper by the dozen.",
] as const;

export const FIRST_NAMES =
  "Ada, Amir, Anna, Bela, Carla, Chen, Clara, David, Elif, Emil, Eva, Farid, Finn, Greta, Hana, Ida, Ivan, Jonas, Kaya, Lena, Leo, Lucia, Maja, Marco, Mina, Nadia, Nils, Nora, Olga, Omar, Paul, Petra, Rosa, Samir, Sara, Sven, Tara, Tom, Vera, Yuki".split(
    ", ",
  );

export const LAST_NAMES =
  "Adler, Almeida, Bauer, Bianchi, Borg, Castro, Dahl, Eriksen, Farkas, Fischer, Garcia, Haas, Hansen, Horvat, Ito, Jansen, Kaya, Keller, Kowalski, Larsen, Lopez, Maier, Martin, Moreau, Nagy, Novak, Okafor, Olsen, Patel, Pereira, Rossi, Sato, Schmidt, Silva, Singh, Svensson, Tanaka, Varga, Weber, Yilmaz".split(
    ", ",
  );
