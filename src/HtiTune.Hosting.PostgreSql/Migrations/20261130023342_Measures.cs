using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace HtiTune.Hosting.PostgreSql.Migrations
{
    /// <inheritdoc />
    internal sealed partial class Measures : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "measures",
                table: "trials",
                type: "text",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "measures",
                table: "trials");
        }
    }
}
