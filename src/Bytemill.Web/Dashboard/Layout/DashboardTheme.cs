using MudBlazor;

namespace Bytemill.Web.Dashboard.Layout;

/// <summary>Colours and letters of the dashboard. Text has a contrast of 4.5 or more on its ground, in both palettes.</summary>
internal static class DashboardTheme
{
    private static readonly string[] s_fonts = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "Liberation Sans", "sans-serif"];

    public static MudTheme Theme { get; } = new()
    {
        PaletteLight = new PaletteLight
        {
            Primary = "#2f55d4",
            Secondary = "#0f766e",
            Info = "#1f6fb8",
            Success = "#157a57",
            Warning = "#9a6200",
            Error = "#bf3420",
            Background = "#f6f7f9",
            Surface = "#ffffff",
            AppbarBackground = "#ffffff",
            AppbarText = "#1b2230",
            DrawerBackground = "#ffffff",
            DrawerText = "#1b2230",
            DrawerIcon = "#4b5768",
            TextPrimary = "#1b2230",
            TextSecondary = "#566174",
            ActionDefault = "#4b5768",
            LinesDefault = "#dde2e9",
            LinesInputs = "#8d98a8",
            TableLines = "#e4e8ee",
            Divider = "#dde2e9",
        },
        PaletteDark = new PaletteDark
        {
            Primary = "#8fa8ff",
            PrimaryContrastText = "#10131a",
            Secondary = "#5cc8bc",
            Info = "#6cb4f0",
            Success = "#4fc79a",
            Warning = "#f0b429",
            Error = "#ff8f7a",
            ErrorContrastText = "#10131a",
            Background = "#12151b",
            Surface = "#1a1f27",
            AppbarBackground = "#1a1f27",
            AppbarText = "#e8ecf3",
            DrawerBackground = "#1a1f27",
            DrawerText = "#e8ecf3",
            DrawerIcon = "#aab4c3",
            TextPrimary = "#e8ecf3",
            TextSecondary = "#a3aebf",
            ActionDefault = "#aab4c3",
            LinesDefault = "#303846",
            LinesInputs = "#6d798b",
            TableLines = "#2a313d",
            Divider = "#303846",
        },
        Typography = new Typography
        {
            Default = new DefaultTypography { FontFamily = s_fonts, FontSize = "0.92rem" },
            Body1 = new Body1Typography { FontFamily = s_fonts, FontSize = "0.92rem" },
            Body2 = new Body2Typography { FontFamily = s_fonts, FontSize = "0.88rem" },
            Button = new ButtonTypography { FontFamily = s_fonts, FontSize = "0.86rem", TextTransform = "none", FontWeight = "560" },
        },
        LayoutProperties = new LayoutProperties { DrawerWidthLeft = "212px", DefaultBorderRadius = "8px" },
    };
}
